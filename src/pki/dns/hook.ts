import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { DnsWriter } from "./ports.ts";

/** How long a hook may take: some providers show a record minutes after it was set. */
const HOOK_TIMEOUT_MS = 10 * 60 * 1000;

const run = promisify(execFile);

/**
 * A DNS writer that calls an executable, one call at a time. It finds in its environment SITEPOD_DNS_ACTION (`present`
 * or `cleanup`), SITEPOD_DNS_NAME and SITEPOD_DNS_VALUE: arguments would be visible to every user of the machine.
 */
export function createDnsHook(path: string, env: Readonly<Record<string, string | undefined>>): DnsWriter {
  let last: Promise<unknown> = Promise.resolve();
  async function call(action: "present" | "cleanup", name: string, value: string): Promise<void> {
    const variables = { SITEPOD_DNS_ACTION: action, SITEPOD_DNS_NAME: name, SITEPOD_DNS_VALUE: value };
    const turn = last.then(() => run(path, [], { env: { ...env, ...variables }, timeout: HOOK_TIMEOUT_MS }));
    last = turn.catch(() => {});
    await turn;
  }
  return {
    present: (name, value) => call("present", name, value),
    remove: (name, value) => call("cleanup", name, value),
  };
}
