import { SERVER_COMMANDS } from "../../src/bin/server-command-table.ts";
import { SERVE_OPTIONS, type Option } from "../../src/bin/serve-options.ts";
import {
  type CommandDescription,
  type ConfigDescription,
  describeCommands,
  describeConfig,
  EXIT_CODES,
} from "../../src/cli/mod.ts";
import { code, formatTable, heading, pageHead } from "./markdown.ts";

/** Writes every reference page, before formatting, from the definitions that the program itself runs by. */
export async function writeReferencePages(): Promise<{ path: string; text: string }[]> {
  return [
    { path: "docs/reference/cli.md", text: cliPage(await describeCommands(SERVER_COMMANDS)) },
    { path: "docs/reference/config.md", text: configPage(await describeConfig()) },
    { path: "docs/reference/server.md", text: serverPage(Object.values(SERVE_OPTIONS)) },
    { path: "docs/reference/exit-codes.md", text: exitCodesPage() },
  ];
}

function cliPage([everywhere, ...commands]: CommandDescription[]): string {
  const groups = [...new Set(commands.map(({ group }) => group))];
  return [
    pageHead("Commands", "Every command of sitepod, with its options.", "src/cli/command-table.ts"),
    "`sitepod help <command>` or `sitepod <command> --help` prints the same at a terminal. [Exit codes](./exit-codes.md) and",
    "[configuration](./config.md) have pages of their own; `sitepod serve` is [the server](./server.md).",
    heading(2, "Options of every command"),
    optionTable(everywhere?.options ?? []),
    ...groups.flatMap((group) => [
      heading(2, group),
      ...commands.filter((command) => command.group === group).map(commandSection),
    ]),
  ].join("\n");
}

function commandSection({ usage, summary, details, options, examples }: CommandDescription): string {
  const words = usage.split(" ").filter((word) => !/^[<[]/.test(word));
  const others = examples.filter((example) => example !== usage);
  return [
    heading(3, words.join(" ")),
    `${summary}.`,
    ...(details === undefined ? [] : ["", details]),
    "",
    fenced([usage, ...(others.length === 0 ? [] : ["", ...others])]),
    ...(options.length === 0 ? [] : [optionTable(options)]),
  ].join("\n");
}

const fenced = (lines: readonly string[]) => ["```sh", ...lines, "```", ""].join("\n");

function optionTable(options: CommandDescription["options"]): string {
  const rows = options.map(({ flags, doc, choices, default: value }) => [
    code(flags),
    [doc.replaceAll("<", "&lt;"), ...(choices ? [`one of ${choices.map(code).join(", ")}`] : [])].join(": "),
    value === undefined ? "" : code(value),
  ]);
  return formatTable(["option", "what it does", "default"], rows);
}

function configPage(files: ConfigDescription[]): string {
  return [
    pageHead("Configuration", "sitepod.toml, the machine's file, and environment variables.", "src/wire, src/cli"),
    "A command looks for a server in this order: `--endpoint`, `SITEPOD_ENDPOINT`, `sitepod.toml`, the machine's file.",
    "An unknown key in `sitepod.toml` is an error: a setting with a typing mistake is not silently left out.",
    ...files.flatMap((file) => [heading(2, titleOf(file)), introductionOf(file), settingTable(file)]),
  ].join("\n");
}

const titleOf = ({ file }: ConfigDescription) => (file === "environment" ? "Environment variables" : file);

function introductionOf({ file, settings }: ConfigDescription): string {
  switch (file) {
    case "sitepod.toml":
      return `In the project's folder; \`sitepod init\` writes it. With every setting:\n\n${tomlExample(settings)}`;
    case "environment":
      return "What the command line reads from its environment. The server's variables are on [its page](./server.md).\n";
    default:
      return "What `sitepod login` writes, readable by its owner alone. The token goes to that server only.\n";
  }
}

/** All settings of a file with their examples, as TOML. */
function tomlExample(settings: ConfigDescription["settings"]): string {
  const tables = new Map<string, string[]>();
  for (const { key, example } of settings) {
    const dot = key.lastIndexOf(".");
    const lines = tables.get(key.slice(0, dot)) ?? [];
    lines.push(`${key.slice(dot + 1)} = ${example}`);
    tables.set(key.slice(0, dot), lines);
  }
  const blocks = [...tables].map(([table, lines]) => [`[${table}]`, ...lines].join("\n"));
  return ["```toml", blocks.join("\n\n"), "```", ""].join("\n");
}

function settingTable({ settings }: ConfigDescription): string {
  const hasDefaults = settings.some((setting) => setting.default !== undefined);
  const rows = settings.map((setting) => [
    code(setting.key),
    setting.type,
    ...(hasDefaults ? [setting.default === undefined ? "" : code(setting.default)] : []),
    setting.doc,
  ]);
  return formatTable(["setting", "type", ...(hasDefaults ? ["default"] : []), "meaning"], rows);
}

function serverPage(options: readonly Option[]): string {
  const row = (option: Option) => [
    ...(option.flag ? [code(`--${option.flag}`)] : []),
    code(option.env),
    option.doc,
    option.fallback === undefined ? "" : code(option.fallback),
  ];
  const both = options.filter((option) => option.flag);
  const variables = options.filter((option) => !option.flag);
  return [
    pageHead("The server", "Every option of sitepod serve.", "src/bin/serve-options.ts"),
    "`sitepod serve` serves sites, the console and the API from one data folder, until it is told to stop. A flag goes",
    "before its environment variable; one that begins with `SITEPOD_` and is none of sitepod is told at the start. A switch is on at `1`, `true`, `yes` or `on`. Sizes are bytes, or have a unit:",
    "`512KiB`, `100MiB`, `2GiB`.",
    heading(2, "Flags and variables"),
    formatTable(["flag", "variable", "meaning", "default"], both.map(row)),
    heading(2, "Variables only"),
    "What should not stand in a list of processes, and what is set once.",
    "",
    formatTable(["variable", "meaning", "default"], variables.map(row)),
    heading(2, "How it ends"),
    "At `SIGTERM` or Ctrl-C it takes no new connections and gives requests under way 10 seconds; then it exits with 0. It",
    "exits with 1 where it cannot start (the port is in use, another server holds the data folder) and with 2 where an",
    "option is wrong. The message says which.",
  ].join("\n");
}

function exitCodesPage(): string {
  const rows = EXIT_CODES.map(({ code: number, name, meaning }) => [String(number), code(name), meaning]);
  return [
    pageHead("Exit codes", "How each command ends.", "src/cli/exit-codes.ts"),
    "Scripts can rely on these. With `--json`, a failure is also one JSON document on standard output.",
    "",
    formatTable(["code", "name", "meaning"], rows),
  ].join("\n");
}
