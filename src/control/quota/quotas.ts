import { LIMIT_NAMES, type LimitName, SitepodError } from "#model";
import type { Api } from "#wire";
import type { Context } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { findWorkspace } from "../identity/workspace.ts";
import { decideLimits, findOwnLimits, type Limits, NO_LIMIT, type OwnLimits } from "./limits.ts";
import { findOwnWorkspace } from "./own-workspace.ts";
import { recountInTurn } from "./require-room.ts";
import { countDeletedSites, countSites, findDoubtful, readServerUsage, readUsage } from "./usage.ts";

interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly owner_email: string | null;
  readonly home_of: string | null;
}

/** Tells what the actor's workspace may have and has. Throws SitepodError `not_found` where there is none yet. */
export async function readQuota(context: Context, actor: Actor): Promise<Api.Quota> {
  const named = actor.workspaceId ?? actor.chosenWorkspace;
  const id =
    named === undefined
      ? await findOwnWorkspace(context.db.query, actor)
      : (await findWorkspace(context, actor, named, "workspace:read")).id;
  const workspace = id === undefined ? undefined : await findWorkspaces(context, id);
  if (!workspace?.[0]) throw new SitepodError("not_found", "You have no workspace yet. Deploy a site first.");
  if ((await readUsage(context.db.query, id!)).isDoubtful) await recountInTurn(context)([id!]);
  return await describe(context, workspace[0]);
}

/** Tells it of all workspaces. */
export async function listQuotas(context: Context): Promise<Api.QuotaList> {
  const { query } = context.db;
  await recountInTurn(context)(await findDoubtful(query));
  const { maxServerStoredBytes, maxServerSites } = context.settings;
  const workspaces: Api.Quota[] = [];
  for (const workspace of await findWorkspaces(context)) workspaces.push(await describe(context, workspace));
  return {
    workspaces,
    server: {
      limits: { max_stored_size: onWire(maxServerStoredBytes), max_sites: onWire(maxServerSites) },
      used: {
        stored_size: await readServerUsage(query),
        sites: await countSites(query),
        deleted_sites: await countDeletedSites(query),
      },
    },
  };
}

/**
 * Sets what a workspace may have: the one with this id, or the own one of the account with this e-mail address. Throws SitepodError:
 * `not_found`, `invalid` where a limit is above one that the server has for all.
 */
export async function setQuota(
  context: Context,
  actor: Actor,
  idOrEmail: string,
  request: Api.QuotaRequest,
): Promise<Api.Quota> {
  const workspace = (await findWorkspaces(context)).find(
    ({ id, owner_email: email, home_of: homeOf }) =>
      id === idOrEmail || (homeOf !== null && email === idOrEmail.toLowerCase()),
  );
  if (!workspace) {
    throw new SitepodError(
      "not_found",
      `There is no workspace ${JSON.stringify(idOrEmail)}. List all with sitepod quota list.`,
    );
  }
  requireBelow(request.max_files, context.settings.maxFilesPerDeploy, "SITEPOD_MAX_FILES_PER_DEPLOY");
  requireBelow(request.max_file_size, context.settings.maxFileBytes, "SITEPOD_MAX_FILE_SIZE");
  requireBelow(request.max_deploy_size, context.settings.maxDeployBytes, "SITEPOD_MAX_DEPLOY_SIZE");
  const changed: { -readonly [name in keyof OwnLimits]?: number | null } = {};
  for (const name of LIMIT_NAMES) {
    const told = request[name];
    if (told !== undefined) changed[name] = told === "default" ? null : told === "none" ? NO_LIMIT : told;
  }
  const none = Object.fromEntries(LIMIT_NAMES.map((name) => [name, null])) as Record<LimitName, null>;
  await context.db.query.transaction().execute(async (query) => {
    await query
      .insertInto("workspace_quotas")
      .values({ ...none, ...changed, workspace_id: workspace.id })
      .onConflict((conflict) => conflict.column("workspace_id").doUpdateSet({ ...changed, workspace_id: workspace.id }))
      .execute();
    const subject = { workspaceId: workspace.id, target: workspace.id, after: changed };
    await recordEvent(context, actor, "quota.set", subject, query);
  });
  return await describe(context, workspace);
}

/** What bounds a request bounds it before anybody knows whose it is. */
function requireBelow(told: number | string | undefined, most: number, option: string): void {
  if (typeof told !== "number" || told <= most) return;
  throw new SitepodError(
    "invalid",
    `The server takes ${most} at most, from anybody. Restart it with a larger ${option}, then set the limit.`,
  );
}

async function findWorkspaces({ db }: Context, id?: string): Promise<Workspace[]> {
  let workspaces = db.query
    .selectFrom("workspaces")
    .leftJoin("user", "user.id", "workspaces.owner_id")
    .select(["workspaces.id", "workspaces.name", "workspaces.home_of", "user.email as owner_email"])
    .orderBy("workspaces.created_at");
  if (id !== undefined) workspaces = workspaces.where("workspaces.id", "=", id);
  return await workspaces.execute();
}

async function describe(context: Context, { id, name, owner_email }: Workspace): Promise<Api.Quota> {
  const own = await findOwnLimits(context, id);
  return {
    workspace: id,
    name,
    owner_email,
    limits: limitsOnWire(decideLimits(context.settings, own)),
    set: LIMIT_NAMES.filter((limit) => own && own[limit] !== null),
    used: {
      stored_size: (await readUsage(context.db.query, id)).storedBytes,
      sites: await countSites(context.db.query, id),
      deleted_sites: await countDeletedSites(context.db.query, id),
    },
  };
}

const limitsOnWire = (limits: Limits): Api.Quota["limits"] => ({
  max_files: onWire(limits.maxFilesPerDeploy),
  max_file_size: onWire(limits.maxFileBytes),
  max_deploy_size: onWire(limits.maxDeployBytes),
  max_stored_size: onWire(limits.maxStoredBytes),
  max_sites: onWire(limits.maxSites),
  max_requests_per_minute: onWire(limits.maxRequestsPerMinute),
});

const onWire = (limit: number): number | null => (limit === Infinity ? null : limit);
