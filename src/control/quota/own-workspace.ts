import type { Kysely } from "kysely";
import type { Schema } from "#db";
import type { Actor } from "../identity/actor.ts";

/** Finds the workspace that an actor's requests count for: that of its token, or the account's own. */
export async function findOwnWorkspace(
  query: Kysely<Schema>,
  { userId, workspaceId }: Actor,
): Promise<string | undefined> {
  if (workspaceId !== undefined) return workspaceId;
  const home = await query.selectFrom("workspaces").where("home_of", "=", userId).select("id").executeTakeFirst();
  return home?.id;
}
