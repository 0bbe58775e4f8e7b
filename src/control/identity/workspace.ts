import { type Context, newId, nowIso } from "../context.ts";
import { type Actor, SYSTEM } from "./actor.ts";

/**
 * Returns the workspace that new sites of the actor belong to. It is made when it is first asked for; an administrator
 * then also takes over those that wait for an owner: the welcome site's, and what outlived a lost database.
 */
export async function findWorkspace(
  context: Context,
  actor: Pick<Actor, "userId" | "email" | "isAdmin">,
): Promise<string> {
  const owner = actor.userId === SYSTEM.userId ? null : actor.userId;
  // In turn: two deploys that begin at once must not make two.
  return await context.inTurn(`workspace of ${actor.userId}`, async () => {
    const row = await context.db.query
      .selectFrom("workspaces")
      .where("owner_id", owner === null ? "is" : "=", owner)
      .select("id")
      .orderBy("created_at", "desc")
      .limit(1)
      .executeTakeFirst();
    if (row) return row.id;
    const id = newId(context, "ws", 16);
    const name = owner === null ? "welcome" : actor.email;
    await context.db.query.transaction().execute(async (query) => {
      if (owner !== null && actor.isAdmin) {
        await query.updateTable("workspaces").set({ owner_id: owner }).where("owner_id", "is", null).execute();
      }
      await query
        .insertInto("workspaces")
        .values({ id, name, owner_id: owner, created_at: nowIso(context) })
        .execute();
    });
    return id;
  });
}
