import { type Argument, Command, CommanderError, Option } from "commander";
import { type CommandSpec, FAMILIES, GLOBAL_OPTIONS, GROUPS, type OptionSpec, type Result } from "./command-spec.ts";
import { COMMANDS } from "./command-table.ts";
import { createContext } from "./context.ts";
import { Failure } from "./failure.ts";
import type { GlobalFlags } from "./global-flags.ts";
import type { Paint } from "./terminal/paint.ts";
import type { World } from "./world.ts";

/** What an argument list asks for: a command's result, or a page of help. */
export type Outcome =
  | { readonly kind: "result"; readonly result: Result; readonly flags: GlobalFlags; readonly paint: Paint }
  | { readonly kind: "help"; readonly text: string };

/** Parses the arguments and runs the command they name. Throws a Failure of `usage` where they are not understood. */
export async function runProgram(
  argv: readonly string[],
  world: World,
  serverCommands: readonly CommandSpec[],
): Promise<Outcome> {
  let outcome: Outcome | undefined;
  let help = "";
  const specs = [...COMMANDS, ...serverCommands];
  const program = buildProgram(specs, async (spec, args, flags) => {
    const context = createContext(world, flags);
    const { run } = await spec.load();
    outcome = { kind: "result", result: await run(context, args, flags as never), flags, paint: context.paint };
  });
  eachCommand(program, (command) =>
    command.exitOverride().configureOutput({
      writeOut: (text) => (help += text),
      writeErr: (text) => (help += text),
      outputError: () => {},
      getOutHelpWidth: () => Math.min(world.stdout.columns ?? 80, 120),
    }),
  );
  if (world.serve) program.command("serve").helpGroup("Server:").summary("Run the server");
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0 && help === "") throw usageFailure(error);
    if (error.exitCode !== 0 && argv.length > 0)
      throw new Failure("usage", "A command is missing.", { next: help.trim() });
  }
  return outcome ?? { kind: "help", text: help };
}

type Act = (spec: CommandSpec, args: readonly (string | undefined)[], flags: GlobalFlags) => Promise<void>;

/** Builds Commander's commands from their specifications. */
export function buildProgram(specs: readonly CommandSpec[], act: Act): Command {
  const program = new Command("sitepod")
    .description("Release websites on machines you own: immutable releases, instant rollback.")
    .option("-V, --version", "Print the version")
    .helpOption("-h, --help", "Show help")
    .helpCommand(false)
    .usage("<command> [options]")
    .configureHelp({
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(term)].join(" "),
    })
    .addHelpText("after", "\nHelp for a command: sitepod <command> --help");
  for (const option of GLOBAL_OPTIONS) program.addOption(toOption(option));
  for (const group of GROUPS) {
    program.commandsGroup(`${group}:`);
    for (const spec of specs.filter((command) => command.group === group)) addCommand(program, spec, act);
  }
  return program;
}

const term = (argument: Argument) => (argument.required ? `<${argument.name()}>` : `[${argument.name()}]`);

function addCommand(program: Command, spec: CommandSpec, act: Act): void {
  const words = spec.usage.split(" ");
  const family = words.length > 1 && FAMILIES[words[0]!] ? words.shift()! : undefined;
  const [name, ...args] = words;
  const command = (family ? ensureFamily(program, family) : program)
    .command(name!)
    .summary(spec.summary)
    .description([`${spec.summary}.`, spec.details].filter(Boolean).join("\n\n"))
    .addHelpText("after", `\nExamples:\n${spec.examples.map((example) => `  ${example}`).join("\n")}`)
    .action(async () => await act(spec, command.processedArgs as (string | undefined)[], command.optsWithGlobals()));
  for (const argument of args) command.argument(argument);
  for (const option of spec.options) command.addOption(toOption(option));
  for (const option of GLOBAL_OPTIONS) command.addOption(toOption(option).hideHelp());
}

function ensureFamily(program: Command, name: string): Command {
  const known = program.commands.find((command) => command.name() === name);
  if (known) return known;
  const family = program
    .command(name)
    .description(`${FAMILIES[name]}.`)
    .usage("<command> [options]")
    .helpCommand(false);
  for (const option of GLOBAL_OPTIONS) family.addOption(toOption(option).hideHelp());
  return family;
}

function toOption(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.doc);
  if (spec.choices) option.choices([...spec.choices]);
  if (spec.parse) option.argParser(spec.parse);
  if (spec.default !== undefined) {
    const text = String(spec.default);
    option.default(spec.parse ? spec.parse(text) : spec.default, text);
  }
  return option;
}

function eachCommand(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const child of command.commands) eachCommand(child, visit);
}

function usageFailure(error: CommanderError): Failure {
  const [first, ...rest] = error.message.replace(/^error: /, "").split("\n");
  const sentence = first!.charAt(0).toUpperCase() + first!.slice(1);
  return new Failure("usage", /[.?!]$/.test(sentence) ? sentence : `${sentence}.`, {
    next: rest.join(" ") || "Run it with --help to see how it is used.",
  });
}
