import { setTimeout as sleep } from "node:timers/promises";
import type { Api } from "#wire";
import type { ApiClient } from "./api-client.ts";
import type { Context } from "./context.ts";
import { Failure } from "./failure.ts";
import { openInBrowser } from "./terminal/browser.ts";
import { printable } from "./terminal/printable.ts";

/** Who is told to slow down waits so much longer from then on (RFC 8628, 3.5). */
const SLOWER_S = 5;

/**
 * Logs in by a browser: shows an address and a code, and waits until the person has let this program in there. Throws a
 * Failure: `not_logged_in` where they refuse, or do not come.
 */
export async function logInByBrowser(context: Context, client: ApiClient, name: string): Promise<Api.LoginResponse> {
  const begun = await client.beginDeviceLogin(name);
  // Also with --json: without the address nobody can let it in, and standard output is the result's.
  const told = `  Open ${begun.verification_uri_complete}\n  and let in the program with the code ${formatUserCode(begun.user_code)}`;
  context.world.stderr.write(`${printable(told)}\n`);
  openInBrowser(context, begun.verification_uri_complete);
  return await waitToBeLetIn(context, client, begun);
}

async function waitToBeLetIn(context: Context, client: ApiClient, begun: Api.DeviceCode): Promise<Api.LoginResponse> {
  const { now, signal } = context.world;
  const endMs = now() + begun.expires_in * 1000;
  let intervalS = begun.interval;
  while (now() < endMs) {
    await sleep(intervalS * 1000, undefined, { signal }).catch(() => {
      throw new Failure("interrupted", "Interrupted.");
    });
    try {
      return await client.finishDeviceLogin(begun.device_code);
    } catch (error) {
      intervalS = nextInterval(error, intervalS);
    }
  }
  throw expired();
}

/** Decides how long to wait before the next try, in seconds. Throws where another would not help. */
export function nextInterval(error: unknown, intervalS: number): number {
  if (!(error instanceof Failure)) throw error;
  if (error.code === "authorization_pending") return intervalS;
  if (error.code === "slow_down") return intervalS + SLOWER_S;
  if (error.ending === "unreachable") return intervalS * 2;
  if (error.code === "access_denied") throw new Failure("not_logged_in", "It was refused in the browser.");
  if (error.code === "expired_token") throw expired();
  throw error;
}

const expired = () =>
  new Failure("not_logged_in", "Nobody has let it in in time.", { next: "Run `sitepod login` again." });

/** In two halves, as people read it out. */
const formatUserCode = (code: string): string => `${code.slice(0, code.length / 2)}-${code.slice(code.length / 2)}`;
