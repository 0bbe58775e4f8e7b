import { mayAs, type Permission, SitepodError, type Standing } from "#model";
import { type Context, newId, nowIso } from "../context.ts";
import { type Actor, requireNoSite, SYSTEM } from "./actor.ts";
import { isWithin, memberStanding, requirePermission, standingOf } from "./standing.ts";

type Person = Pick<Actor, "userId" | "email" | "isAdmin">;

/**
 * Returns the workspace that a request means, by its id: the token's, else the one that it names, else the account's own.
 * Throws SitepodError as `findWorkspace` does.
 */
export async function meantWorkspace(
  context: Context,
  actor: Actor,
  permission: Permission | undefined = actor.needs,
): Promise<string> {
  const named = actor.workspaceId ?? actor.chosenWorkspace;
  if (named === undefined) return await ensureHome(context, actor);
  return (await findWorkspace(context, actor, named, permission)).id;
}

export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly standing: Standing;
}

/**
 * Finds a workspace by its id. Throws SitepodError `not_found` where there is none and, in the same words, where the actor
 * is no member; `forbidden` where the actor may not do there what the request needs.
 */
export async function findWorkspace(
  context: Context,
  actor: Actor,
  id: string,
  permission: Permission | undefined = actor.needs,
): Promise<Workspace> {
  if (permission !== "workspace:read") requireNoSite(actor);
  const row = await context.db.query
    .selectFrom("workspaces")
    .where("workspaces.id", "=", id)
    .select(["workspaces.id", "workspaces.name"])
    .select(memberStanding(actor, "workspaces.id"))
    .executeTakeFirst();
  const standing = row && standingOf(actor, row);
  if (!standing || !isWithin(actor, row.id) || !mayAs(standing, "workspace:read")) {
    throw new SitepodError(
      "not_found",
      `You have no workspace ${JSON.stringify(id)}. List yours with sitepod workspace list.`,
    );
  }
  requirePermission(standing, permission, `the workspace ${JSON.stringify(row.name)}`);
  return { id: row.id, name: row.name, standing };
}

/**
 * Returns the account's own workspace. It is made when it is first asked for; an administrator then also takes over those
 * that wait for an owner: the welcome site's, and what outlived a lost database.
 */
export async function ensureHome(context: Context, person: Person): Promise<string> {
  // In turn: two deploys that begin at once must not make two.
  return await context.inTurn(`workspace of ${person.userId}`, () => findOrMakeHome(context, person));
}

/** The same in the transaction that makes the account, whom nobody knows yet: it waits for no turn. */
export async function findOrMakeHome(context: Context, person: Person): Promise<string> {
  const isSystem = person.userId === SYSTEM.userId;
  const homes = context.db.query.selectFrom("workspaces").select("id").orderBy("created_at", "desc").limit(1);
  const home = await (
    isSystem ? homes.where("owner_id", "is", null) : homes.where("home_of", "=", person.userId)
  ).executeTakeFirst();
  if (home) return home.id;
  if (!isSystem) return await makeHome(context, person);
  const id = newId(context, "ws", 16);
  const row = { id, name: "welcome", owner_id: null, created_at: nowIso(context) };
  await context.db.query.insertInto("workspaces").values(row).execute();
  return id;
}

async function makeHome(context: Context, { userId, email, isAdmin }: Person): Promise<string> {
  const id = newId(context, "ws", 16);
  const now = nowIso(context);
  await context.db.query.transaction().execute(async (query) => {
    const ids = [id];
    if (isAdmin) {
      const adopted = await query
        .updateTable("workspaces")
        .set({ owner_id: userId })
        .where("owner_id", "is", null)
        .returning("id")
        .execute();
      ids.push(...adopted.map((workspace) => workspace.id));
    }
    await query
      .insertInto("workspaces")
      .values({ id, name: email, owner_id: userId, home_of: userId, created_at: now })
      .execute();
    await query
      .insertInto("members")
      .values(ids.map((workspace_id) => ({ workspace_id, user_id: userId, role: "owner" as const, joined_at: now })))
      .onConflict((conflict) => conflict.columns(["workspace_id", "user_id"]).doUpdateSet({ role: "owner" }))
      .execute();
  });
  return id;
}
