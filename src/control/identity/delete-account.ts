import type { Context } from "../context.ts";
import { deleteSite } from "../release/delete-site.ts";
import { holdSite } from "../release/sites.ts";
import type { Actor } from "./actor.ts";
import { recordEvent } from "./audit.ts";

/** Deletes an account with its sites, tokens and sessions. Returns how many sites it had. */
export async function deleteAccount(context: Context, actor: Actor): Promise<number> {
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
