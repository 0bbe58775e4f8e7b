import { SitepodError } from "#model";
import type { Api } from "#wire";
import { type Context, newId, nowIso } from "../context.ts";
import type { Actor } from "./actor.ts";
import { recordEvent } from "./audit.ts";
import { ensureHome, findWorkspace } from "./workspace.ts";

/** More than a person needs, and few enough that nobody fills the table. */
const MAX_OWNED_WORKSPACES = 50;

/** Lists the workspaces that the actor is a member of, their own first. */
export async function listWorkspaces(context: Context, actor: Actor): Promise<Api.WorkspaceList> {
  if (actor.workspaceId === undefined) await ensureHome(context, actor);
  let query = context.db.query
    .selectFrom("workspaces")
    .innerJoin("members", "members.workspace_id", "workspaces.id")
    .where("members.user_id", "=", actor.userId)
    .select(["workspaces.id", "workspaces.name", "workspaces.home_of", "workspaces.created_at", "members.role"])
    .orderBy("workspaces.name")
    .orderBy("workspaces.id");
  if (actor.workspaceId !== undefined) query = query.where("workspaces.id", "=", actor.workspaceId);
  const rows = await query.execute();
  const workspaces = rows.map(({ id, name, home_of, created_at, role }) => ({
    id,
    name,
    role,
    is_own: home_of === actor.userId,
    created_at,
  }));
  return { workspaces: workspaces.toSorted((a, b) => Number(b.is_own) - Number(a.is_own)) };
}

/** Makes a workspace, which the actor owns. Throws SitepodError `conflict` where they own too many. */
export async function createWorkspace(context: Context, actor: Actor, name: string): Promise<Api.Workspace> {
  await ensureHome(context, actor);
  const id = newId(context, "ws", 16);
  const created_at = nowIso(context);
  const { userId } = actor;
  await context.db.query.transaction().execute(async (query) => {
    const { count } = await query
      .selectFrom("workspaces")
      .where("owner_id", "=", userId)
      .select((select) => select.fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    if (count >= MAX_OWNED_WORKSPACES) {
      throw new SitepodError("conflict", `You own ${count} workspaces, which is the limit. Delete one first.`);
    }
    await query.insertInto("workspaces").values({ id, name, owner_id: userId, created_at }).execute();
    const owner = { workspace_id: id, user_id: userId, role: "owner" as const, joined_at: created_at };
    await query.insertInto("members").values(owner).execute();
    await recordEvent(context, actor, "workspace.create", { workspaceId: id, target: name, after: { name } }, query);
  });
  return { id, name, role: "owner", is_own: false, created_at };
}

/** Gives a workspace another name. */
export async function renameWorkspace(
  context: Context,
  actor: Actor,
  workspaceId: string,
  name: string,
): Promise<Api.Workspace> {
  const found = await findWorkspace(context, actor, workspaceId);
  return await context.db.query.transaction().execute(async (query) => {
    const row = await query
      .updateTable("workspaces")
      .set({ name })
      .where("id", "=", found.id)
      .returning(["home_of", "created_at"])
      .executeTakeFirstOrThrow();
    const change = { before: { name: found.name }, after: { name } };
    await recordEvent(context, actor, "workspace.rename", { workspaceId: found.id, target: name, ...change }, query);
    return {
      id: found.id,
      name,
      role: found.standing.member?.role ?? null,
      is_own: row.home_of === actor.userId,
      created_at: row.created_at,
    };
  });
}
