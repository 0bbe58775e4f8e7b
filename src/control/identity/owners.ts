import type { Kysely } from "kysely";
import type { Schema } from "#db";
import type { Context } from "../context.ts";

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

/**
 * Makes members of owners whose workspace has none: a version that knows of no members made it, beside this one during an
 * upgrade.
 */
export async function settleOwners({ db }: Pick<Context, "db">): Promise<void> {
  await db.query.transaction().execute(async (query) => {
    const unsettled = await query
      .selectFrom("workspaces")
      .innerJoin("user", "user.id", "workspaces.owner_id")
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("members").select("members.user_id").whereRef("members.workspace_id", "=", "workspaces.id"),
          ),
        ),
      )
      .select(["workspaces.id", "workspaces.created_at", "user.id as user_id"])
      .orderBy("workspaces.created_at", "desc")
      .execute();
    for (const { id, user_id, created_at } of unsettled) {
      await query
        .insertInto("members")
        .values({ workspace_id: id, user_id, role: "owner", joined_at: created_at })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const home = await query.selectFrom("workspaces").where("home_of", "=", user_id).select("id").executeTakeFirst();
      if (!home) await query.updateTable("workspaces").set({ home_of: user_id }).where("id", "=", id).execute();
    }
  });
}
