import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { executable, nodeCommand } from "./repository.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What `--json` printed. Throws where that is no JSON, with both streams. */
  readonly json: unknown;
}

export interface RunOptions {
  /** A folder of the test's own; the command line's home where absent. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The command line of one person: a home folder, a server and a token. */
export interface CommandLine extends AsyncDisposable {
  readonly home: string;
  run(args: readonly string[], options?: RunOptions): Promise<CommandResult>;
}

export interface CommandLineOptions {
  readonly endpoint?: string;
  readonly token?: string;
  /** `executable` is dist/sitepod, `node` the npm package. */
  readonly by?: "executable" | "node";
}

/** One run of the suite is by the executable, one by the npm package: SITEPOD_COMMAND_LINE says which. */
const usual = process.env.SITEPOD_COMMAND_LINE === "node" ? "node" : "executable";

/** Makes a home folder for commands. They get no terminal, so none of them asks anything. */
export async function commandLine({ endpoint, token, by = usual }: CommandLineOptions): Promise<CommandLine> {
  const folder = await temporaryFolder();
  const home = join(folder.path, "home");
  await mkdir(home);
  const base: Record<string, string> = { PATH: process.env.PATH ?? "", HOME: home, NO_COLOR: "1" };
  if (endpoint !== undefined) base.SITEPOD_ENDPOINT = endpoint;
  if (token !== undefined) base.SITEPOD_TOKEN = token;
  const program = by === "node" ? nodeCommand : [executable];
  return {
    home,
    async run(args, options = {}) {
      const child = Bun.spawn([...program, ...args], {
        cwd: options.cwd ?? home,
        env: { ...base, ...options.env },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      });
      const texts = [new Response(child.stdout).text(), new Response(child.stderr).text()];
      const [stdout = "", stderr = ""] = await Promise.all(texts);
      return {
        code: await child.exited,
        stdout,
        stderr,
        get json() {
          return parseJson(stdout, stderr);
        },
      };
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

function parseJson(stdout: string, stderr: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch (cause) {
    throw new Error(`No JSON on standard output:\n${stdout}\nStandard error:\n${stderr}`, { cause });
  }
}
