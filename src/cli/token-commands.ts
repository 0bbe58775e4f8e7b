import type { CommandSpec } from "./command-spec.ts";
import { environment } from "./option-specs.ts";
import { parseSpan } from "./option-values.ts";

/** The commands about API tokens: part of the table of all. */
export const TOKEN_COMMANDS: readonly CommandSpec[] = [
  {
    usage: "token create <label>",
    group: "Manage",
    summary: "Make an API token; it is shown once",
    options: [
      {
        flags: "--scope <scope>",
        doc: "What it may do",
        choices: ["deploy", "read", "admin"],
        default: "deploy",
      },
      { flags: "--ttl <span>", doc: "How long it lives: 90d, 24h or seconds; for ever without it", parse: parseSpan },
      { flags: "-n, --name <site>", doc: "Restrict it to one site" },
      environment({ doc: "Restrict its releases to this environment" }),
    ],
    examples: [
      "sitepod token create ci --name my-site --ttl 90d",
      "sitepod token create nightly --name my-site --env beta",
    ],
    load: () => import("./commands/token-create.ts"),
  },
  {
    usage: "token list",
    group: "Manage",
    summary: "List your API tokens and their last use",
    options: [],
    examples: ["sitepod token list"],
    load: () => import("./commands/token-list.ts"),
  },
  {
    usage: "token revoke <token>",
    group: "Manage",
    summary: "Revoke an API token, named by its id or its label",
    options: [],
    examples: ["sitepod token revoke ci"],
    load: () => import("./commands/token-revoke.ts"),
  },
];
