import { SitepodError } from "#model";
import type { Context } from "../context.ts";
import { deleteSite } from "../release/delete-site.ts";
import { holdSite } from "../release/sites.ts";
import type { Actor } from "./actor.ts";
import { recordEvent } from "./audit.ts";

/**
 * Deletes an account with its sites, tokens and sessions. Returns how many sites it had. Throws SitepodError `conflict`
 * where it is the last administrator's, and others are on the server.
 */
export async function deleteAccount(context: Context, actor: Actor): Promise<number> {
  if (actor.isAdmin) await requireDispensable(context, actor);
  const workspaces = await context.db.query
    .selectFrom("workspaces")
    .where("owner_id", "=", actor.userId)
    .select("id")
    .execute();
  let deleted = 0;
  for (const { id } of workspaces) {
    const sites = await context.db.query.selectFrom("sites").where("workspace_id", "=", id).select("id").execute();
    for (const site of sites) {
      await holdSite(context, actor, site.id, (held) => deleteSite(context, actor, held));
      deleted++;
    }
    await context.db.query.deleteFrom("workspace_blobs").where("workspace_id", "=", id).execute();
    await context.db.query.deleteFrom("workspaces").where("id", "=", id).execute();
  }
  await recordEvent(context, actor, "account.delete");
  await context.db.query.deleteFrom("user").where("id", "=", actor.userId).execute();
  return deleted;
}

/** Without an administrator nobody could look after the others; without any account the next to register would own them. */
async function requireDispensable({ db }: Context, actor: Actor): Promise<void> {
  const others = await db.query.selectFrom("user").where("id", "!=", actor.userId).select(["email", "role"]).execute();
  if (others.some(({ role }) => role === "admin")) return;
  const sites = await db.query
    .selectFrom("sites")
    .innerJoin("workspaces", "workspaces.id", "sites.workspace_id")
    .where(({ or, eb }) => or([eb("owner_id", "is", null), eb("owner_id", "!=", actor.userId)]))
    .select("sites.name")
    .execute();
  if (others.length === 0 && sites.length === 0) return;
  throw new SitepodError(
    "conflict",
    `You are the only administrator, and not all here is yours (other accounts: ${others.length}, their sites: ` +
      `${sites.length}). Delete those sites, and have those accounts deleted by their owners first.`,
  );
}
