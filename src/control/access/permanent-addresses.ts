import { type Access, ENVIRONMENTS, withAccess } from "#model";
import type { Context } from "../context.ts";

/**
 * The permanent addresses of a site's releases (`shop--v3`) show what its environments and previews show, and can be
 * guessed. So they ask for a password as soon as anything of the site does: prod's, else beta's, else that of the
 * preview made last. The site's claim holds the protection, since a release never changes.
 */

/** Closes the permanent addresses, unless they are. Called in the site's turn, before what is protected can be seen. */
export async function closeReleases(context: Context, label: string, access: Access): Promise<void> {
  await context.records.changeClaim(label, (claim) => (claim.access ? claim : withAccess(claim, access)));
}

/**
 * Brings the permanent addresses into line with what is protected now. Called after each change of that, in the site's
 * turn: who protects something else meanwhile would find the addresses closed, and then have them opened.
 */
export async function settleReleases(context: Context, label: string): Promise<void> {
  const access = await chooseAccess(context, label);
  await context.records.changeClaim(label, (claim) =>
    claim.access?.secret === access?.secret ? claim : withAccess(claim, access),
  );
}

async function chooseAccess({ records }: Context, label: string): Promise<Access | undefined> {
  for (const environment of ENVIRONMENTS) {
    const ref = await records.readRef(label, environment);
    if (ref?.access) return ref.access;
  }
  let newest: { readonly created_at: string; readonly access?: Access } | undefined;
  for await (const { preview } of records.previews(label)) {
    if (preview.access && (!newest || newest.created_at < preview.created_at)) newest = preview;
  }
  return newest?.access;
}
