import type { Kysely } from "kysely";
import type { Schema } from "#db";
import type { Actor } from "../identity/actor.ts";

/** Finds the workspace that an actor works in: that of its token's site, or the one that its new sites belong to. */
export async function findOwnWorkspace(query: Kysely<Schema>, actor: Actor): Promise<string | undefined> {
  if (actor.siteId !== null) {
    const site = await query
      .selectFrom("sites")
      .where("id", "=", actor.siteId)
      .select("workspace_id")
      .executeTakeFirst();
    return site?.workspace_id;
  }
  const workspace = await query
    .selectFrom("workspaces")
    .where("owner_id", "=", actor.userId)
    .select("id")
    .orderBy("created_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return workspace?.id;
}
