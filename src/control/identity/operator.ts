import { timingSafeEqual } from "node:crypto";
import { SitepodError } from "#model";
import type { Context } from "../context.ts";
import { type Actor, SYSTEM } from "./actor.ts";

/** An operator's script shows the server's admin token by it, in place of an administrator's own. */
const OPERATOR_HEADER = "x-sitepod-admin-token";

/** Finds who operates the server: who shows its admin token, or else who makes the request. Throws SitepodError. */
export async function findOperator(
  { settings }: Pick<Context, "settings">,
  headers: Headers,
  address: string | null,
  findActor: () => Promise<Actor>,
): Promise<Actor> {
  const shown = headers.get(OPERATOR_HEADER);
  if (shown === null) return await findActor();
  if (settings.adminToken !== undefined && isSame(shown, settings.adminToken)) return { ...SYSTEM, address };
  throw new SitepodError("forbidden", "The admin token is not this server's.");
}

function isSame(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
