import type { Access } from "#model";
import type { Context } from "../context.ts";
import type { Site } from "../release/sites.ts";
import { closeReleases, settleReleases } from "./permanent-addresses.ts";
import { makeAccess } from "./protect.ts";

/**
 * Writes a pointer that is to be protected from its first moment, where it is not protected yet: `write` gets the
 * protection to put on it, undefined where it keeps what it has.
 */
export async function writeProtected<T>(
  context: Context,
  site: Site,
  current: Access | undefined,
  password: string | undefined,
  write: (access: Access | undefined) => Promise<T>,
): Promise<T> {
  if (current || password === undefined) return await write(undefined);
  const access = await makeAccess(context, password);
  await closeReleases(context, site.label, access);
  const written = await write(access);
  await settleReleases(context, site.label);
  return written;
}
