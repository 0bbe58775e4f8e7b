import type { Context } from "./context.ts";
import type { FailedEnding } from "./exit-codes.ts";

/** What a command gives back: text for people, or one JSON document for machines. Both go to standard output. */
export interface Result {
  readonly text: string;
  readonly json: unknown;
  /** How it ends where what it found is not good. */
  readonly ending?: FailedEnding;
}

export interface CommandModule {
  run(context: Context, args: readonly (string | undefined)[], options: never): Promise<Result>;
}

export interface OptionSpec {
  /** As Commander writes them: `-n, --name <site>`. */
  readonly flags: string;
  readonly doc: string;
  readonly choices?: readonly string[];
  readonly default?: string | number;
  /** Reads the value. Throws a Failure of `usage`. */
  readonly parse?: (text: string) => unknown;
}

/** One command's grammar. Its work is loaded only when it runs. */
export interface CommandSpec {
  /** Words and arguments: `domain add <domain>`. */
  readonly usage: string;
  readonly group: (typeof GROUPS)[number];
  /** One line. */
  readonly summary: string;
  /** What a reader of the reference should know besides. */
  readonly details?: string;
  readonly options: readonly OptionSpec[];
  readonly examples: readonly string[];
  readonly load: () => Promise<CommandModule>;
}

export const GROUPS = ["Set up", "Ship", "Look", "Manage", "Team", "Server"] as const;

/** What the words before a subcommand mean. */
export const FAMILIES: Readonly<Record<string, string>> = {
  approval: "Moves that wait for another member's approval",
  domain: "A site's domains",
  member: "Who is in the workspace",
  quota: "What a workspace may have, and how much it has",
  server: "The server's data, on its own machine",
  token: "API tokens, for CI and other programs",
  webhook: "What happens in the workspace, told to a receiver or a chat",
  workspace: "The workspaces that you are in",
};

/** Options of every command. They may stand before or after it. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: "--json", doc: "Write one JSON document, errors included" },
  { flags: "-y, --yes", doc: "Answer yes to every question" },
  { flags: "--endpoint <url>", doc: "The server to talk to (SITEPOD_ENDPOINT)" },
  { flags: "--workspace <workspace>", doc: "The workspace to work in, by its id or name (SITEPOD_WORKSPACE)" },
  { flags: "--debug", doc: "Show a stack trace when something fails" },
];
