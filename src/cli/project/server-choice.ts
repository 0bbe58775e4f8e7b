import type { MachineConfig } from "#wire";
import { parseEndpoint } from "#wire";
import { Failure } from "../failure.ts";

interface Sources {
  readonly flag: string | undefined;
  /** What `--workspace` says. */
  readonly workspaceFlag?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The endpoint that sitepod.toml names. */
  readonly project: string | undefined;
  readonly machine: MachineConfig;
}

export interface ServerChoice {
  readonly endpoint: string | undefined;
  readonly token: string | undefined;
  /** The workspace to work in, by its id or name; undefined: the account's own. */
  readonly workspace: string | undefined;
}

/**
 * Decides which server is meant, and the token for it: the flag, then the environment, then the project, then the
 * machine. The machine's token goes to the machine's server only: a sitepod.toml somebody else wrote must not make the
 * CLI send it elsewhere. Throws a Failure of `usage` where a flag or variable is no address.
 */
export function chooseServer({ flag, workspaceFlag, env, project, machine }: Sources): ServerChoice {
  const endpoint =
    readAddress(flag, "--endpoint") ??
    readAddress(env["SITEPOD_ENDPOINT"], "SITEPOD_ENDPOINT") ??
    project ??
    machine.endpoint;
  const isMachines = endpoint === machine.endpoint;
  const token = tokenOf(env) || (isMachines ? machine.token : undefined);
  // The machine's goes with its login: another account's token is not for it.
  const own = isMachines && token === machine.token ? machine.workspace : undefined;
  return { endpoint, token, workspace: workspaceFlag || env["SITEPOD_WORKSPACE"] || own };
}

function readAddress(text: string | undefined, source: string): string | undefined {
  if (!text) return undefined;
  const parsed = parseEndpoint(text);
  if (parsed.ok) return parsed.value;
  throw new Failure("usage", `${source} "${text}" ${parsed.fault}.`);
}

const TOKEN = /^[\x21-\x7e]*$/;

/** What CI systems are given by hand often ends with a line. Throws a Failure where it is no token at all. */
function tokenOf(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const token = env["SITEPOD_TOKEN"]?.trim();
  if (token === undefined || TOKEN.test(token)) return token;
  throw new Failure(
    "usage",
    "SITEPOD_TOKEN is no token: there is a space, a line's end or another character in it that none has.",
  );
}
