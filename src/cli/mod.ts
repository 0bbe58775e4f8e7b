import { SitepodError } from "#model";
import type { CommandSpec } from "./command-spec.ts";
import type { ConfigDescription } from "./describe.ts";
import type { CommandDescription } from "./describe.ts";
import { endingOfError, exitCode } from "./exit-codes.ts";
import { errnoOf, Failure } from "./failure.ts";
import { systemFault } from "./system-fault.ts";
import type { World } from "./world.ts";

export type { ApiClient } from "./api-client.ts";
export type { CommandSpec, Result } from "./command-spec.ts";
export type { Context } from "./context.ts";
export type { CommandDescription, ConfigDescription } from "./describe.ts";
export { ENVIRONMENT_VARIABLES } from "./environment-variables.ts";
export { EXIT_CODES } from "./exit-codes.ts";
export { Failure } from "./failure.ts";
export { parseWhole } from "./option-values.ts";
export { systemFault } from "./system-fault.ts";
export { formatAge, formatBytes, formatCount } from "./terminal/format.ts";
export { confirmWhereAsked } from "./terminal/prompts.ts";
export { formatTable } from "./terminal/table.ts";
export type { World } from "./world.ts";

/**
 * Runs the CLI with the arguments after the program's name. Returns the exit code; throws nothing. What a command needs
 * is loaded when it runs, so `--version` answers at once. `serverCommands` are the commands `sitepod server …` of a build
 * that has a server.
 */
export async function runCli(
  argv: readonly string[],
  world: World,
  serverCommands: readonly CommandSpec[] = [],
): Promise<number> {
  // As other programs have it: `help deploy` is `deploy --help`.
  if (argv[0] === "help") return await runCli([...argv.slice(1), "--help"], world, serverCommands);
  try {
    if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
      world.stdout.write(`${world.version}\n`);
      return 0;
    }
    if (argv[0] === "serve") return await serve(argv.slice(1), world);
    if (argv[0] === "server" && serverCommands.length === 0) throw noServer("server");
    const [{ runProgram }, { printable }] = await Promise.all([
      import("./program.ts"),
      import("./terminal/printable.ts"),
    ]);
    const outcome = await runProgram(argv, world, serverCommands);
    if (outcome.kind === "help") world.stdout.write(outcome.text);
    else if (outcome.flags.json) world.stdout.write(`${JSON.stringify(outcome.result.json, undefined, 2)}\n`);
    else if (outcome.result.text !== "") world.stdout.write(`${printable(outcome.result.text, outcome.paint)}\n`);
    return outcome.kind === "result" && outcome.result.ending ? exitCode(outcome.result.ending) : 0;
  } catch (error) {
    // Bun throws where Node emits an error: who reads the output has had enough of it, as `head` has.
    if (errnoOf(error) === "EPIPE") return 0;
    const failure = toFailure(error, world);
    const { showFailure } = await import("./terminal/show-failure.ts");
    showFailure(failure, argv, world);
    return exitCode(failure.ending);
  }
}

/** Describes every command, those of the server among them where they are given, for the reference page. */
export async function describeCommands(serverCommands: readonly CommandSpec[] = []): Promise<CommandDescription[]> {
  return (await import("./describe.ts")).describeCommands(serverCommands);
}

/** Describes every setting of every configuration file and environment variable, for the reference page. */
export async function describeConfig(): Promise<ConfigDescription[]> {
  return (await import("./describe.ts")).describeConfig();
}

async function serve(args: readonly string[], world: World): Promise<number> {
  if (world.serve) return await world.serve(args);
  throw noServer("serve");
}

const noServer = (command: string): Failure =>
  new Failure("usage", "This is the CLI alone; it holds no server.", {
    next: `Run \`sitepod ${command}\` of the executable.`,
  });

function toFailure(error: unknown, world: World): Failure {
  if (error instanceof Failure) return error;
  if (world.signal.aborted) return new Failure("interrupted", "Interrupted.");
  if (error instanceof SitepodError) {
    const { code, message, faults, cause } = error;
    return new Failure(endingOfError(code), message, { code, faults: faults.length > 1 ? faults : [], cause });
  }
  const fault = systemFault(error);
  if (fault) return fault;
  const text = error instanceof Error ? error.message : String(error);
  return new Failure("failed", `This is a fault of sitepod itself: ${text}`, {
    code: "internal",
    next: "Run it again with --debug and report what it prints.",
    cause: error,
  });
}
