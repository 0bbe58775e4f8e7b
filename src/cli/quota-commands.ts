import type { CommandSpec } from "./command-spec.ts";
import { parseCountLimit, parseSizeLimit } from "./option-values.ts";

/** The commands about what workspaces may have: part of the table of all. */
export const QUOTA_COMMANDS: readonly CommandSpec[] = [
  {
    usage: "quota show",
    group: "Manage",
    summary: "Show what your workspace may have, and how much it has",
    options: [],
    examples: ["sitepod quota show"],
    load: () => import("./commands/quota-show.ts"),
  },
  {
    usage: "quota list",
    group: "Manage",
    summary: "List what each workspace has (administrators)",
    options: [],
    examples: ["sitepod quota list"],
    load: () => import("./commands/quota-list.ts"),
  },
  {
    usage: "quota set <workspace>",
    group: "Manage",
    summary: "Set what a workspace may have (administrators)",
    details:
      "The workspace is named by its id or by its owner's e-mail address. A limit is a number or a size, `none`, or " +
      "`default`: what the server has for all. What is not named stays as it is. Files, file size and deploy size can be " +
      "less than the server's, not more.",
    options: [
      { flags: "--stored <size>", doc: "What its releases may hold, each content once", parse: parseSizeLimit },
      { flags: "--sites <number>", doc: "Sites", parse: parseCountLimit },
      { flags: "--requests <number>", doc: "Requests to the API in a minute", parse: parseCountLimit },
      { flags: "--files <number>", doc: "Files a deploy may have", parse: parseCountLimit },
      { flags: "--file-size <size>", doc: "Size a file may have", parse: parseSizeLimit },
      { flags: "--deploy-size <size>", doc: "Size a deploy may have", parse: parseSizeLimit },
    ],
    examples: [
      "sitepod quota set ann@example.com --stored 10GiB --sites 20",
      "sitepod quota set ann@example.com --stored default",
    ],
    load: () => import("./commands/quota-set.ts"),
  },
];
