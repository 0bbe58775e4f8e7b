import { timingSafeEqual } from "node:crypto";
import { SitepodError } from "#model";
import type { Context } from "../context.ts";
import { type Actor, requireAdministrator, SYSTEM } from "../identity/actor.ts";
import type { ApiRequest } from "./route.ts";

/** An operator's script shows the server's admin token; a person is an administrator. Returns who it is. */
export async function requireOperator(context: Context, request: ApiRequest): Promise<Actor> {
  const shown = request.req.header("x-sitepod-admin-token");
  if (shown === undefined) {
    const actor = await request.env.findActor();
    requireAdministrator(actor);
    return actor;
  }
  const { adminToken } = context.settings;
  if (adminToken !== undefined && isSame(shown, adminToken)) return { ...SYSTEM, address: request.env.address };
  throw new SitepodError("forbidden", "The admin token is not this server's.");
}

function isSame(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
