import type { Kysely } from "kysely";
import type { Schema } from "#db";

/**
 * Brings into line what a workspace says of an account that is no owner of it any more, or is about to go: it is not that
 * account's own, and another owner stands for it.
 */
export async function giveOwnershipOn(query: Kysely<Schema>, workspaceId: string, from: string): Promise<void> {
  const next = await query
    .selectFrom("members")
    .where("workspace_id", "=", workspaceId)
    .where("role", "=", "owner")
    .where("user_id", "!=", from)
    .select("user_id")
    .orderBy("joined_at")
    .orderBy("user_id")
    .limit(1)
    .executeTakeFirst();
  await query
    .updateTable("workspaces")
    .set({ home_of: null })
    .where("id", "=", workspaceId)
    .where("home_of", "=", from)
    .execute();
  if (!next) return;
  await query
    .updateTable("workspaces")
    .set({ owner_id: next.user_id })
    .where("id", "=", workspaceId)
    .where("owner_id", "=", from)
    .execute();
}
