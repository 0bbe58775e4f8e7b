import { MACHINE_CONFIG_SETTINGS, type Setting, SITEPOD_TOML_SETTINGS } from "#wire";
import { type CommandSpec, GLOBAL_OPTIONS } from "./command-spec.ts";
import { COMMANDS } from "./command-table.ts";
import { ENVIRONMENT_VARIABLES } from "./environment-variables.ts";

export interface OptionDescription {
  readonly flags: string;
  readonly doc: string;
  readonly choices?: readonly string[];
  readonly default?: string;
}

export interface CommandDescription {
  /** `sitepod domain add <domain>`. Empty for the options that every command has. */
  readonly usage: string;
  readonly group: string;
  readonly summary: string;
  readonly details?: string;
  readonly options: readonly OptionDescription[];
  readonly examples: readonly string[];
}

export interface ConfigDescription {
  /** `sitepod.toml`, `~/.sitepod/config.toml` or `environment`. */
  readonly file: string;
  readonly settings: readonly {
    readonly key: string;
    readonly type: string;
    readonly default?: string;
    readonly doc: string;
    readonly example: string;
  }[];
}

/** Describes the commands in the order of the help; first of all the options that every command has. */
export function describeCommands(serverCommands: readonly CommandSpec[]): CommandDescription[] {
  const global = { usage: "", group: "", summary: "Options of every command", options: GLOBAL_OPTIONS, examples: [] };
  return [global, ...COMMANDS, ...serverCommands].map(({ usage, group, summary, options, examples, ...rest }) => ({
    usage: usage === "" ? "" : `sitepod ${usage}`,
    group,
    summary,
    ...("details" in rest && rest.details !== undefined ? { details: rest.details } : {}),
    options: options.map(({ flags, doc, choices, default: value }) => ({
      flags,
      doc,
      ...(choices ? { choices } : {}),
      ...(value === undefined ? {} : { default: String(value) }),
    })),
    examples,
  }));
}

export function describeConfig(): ConfigDescription[] {
  return [
    { file: "sitepod.toml", settings: SITEPOD_TOML_SETTINGS.map(describeSetting) },
    { file: "~/.sitepod/config.toml", settings: MACHINE_CONFIG_SETTINGS.map(describeSetting) },
    { file: "environment", settings: ENVIRONMENT_VARIABLES },
  ];
}

/** Values are described as TOML writes them; for texts, numbers and lists JSON is the same. */
function describeSetting({ key, type, default: value, doc, example }: Setting): ConfigDescription["settings"][number] {
  return {
    key,
    type,
    ...(value === undefined ? {} : { default: JSON.stringify(value) }),
    doc,
    example: JSON.stringify(example),
  };
}
