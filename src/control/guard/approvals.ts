import { formatVersion, mayAs, SitepodError } from "#model";
import type { Api } from "#wire";
import { type Context, nowIso } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { isWithin, requirePermission, siteStanding, standingOf } from "../identity/standing.ts";
import { isLive } from "../release/is-live.ts";
import { moveAsApproved } from "../release/pointers.ts";
import { holdSite, type Site } from "../release/sites.ts";
import { type Decision, settleApproval } from "./settle-approval.ts";

const LISTED = 200;

/** Lists what was asked for, newest first: of one site, or of all that the actor sees; and only what waits, unless all. */
export async function listApprovals(
  context: Context,
  actor: Actor,
  { site, isAll }: { readonly site?: Site | undefined; readonly isAll: boolean },
): Promise<Api.ApprovalList> {
  let query = approvalsOf(context, actor).orderBy("approvals.requested_at", "desc").limit(LISTED);
  if (site) query = query.where("approvals.site_id", "=", site.id);
  else if (!actor.isAdmin) {
    query = query.where("sites.workspace_id", "in", (select) =>
      select.selectFrom("members").where("user_id", "=", actor.userId).select("workspace_id"),
    );
  }
  const named = actor.workspaceId ?? actor.chosenWorkspace;
  if (named !== undefined) query = query.where("sites.workspace_id", "=", named);
  if (actor.siteId !== null) query = query.where("approvals.site_id", "=", actor.siteId);
  if (!isAll) {
    query = query.where("approvals.state", "=", "pending").where("approvals.expires_at", ">", nowIso(context));
  }
  const rows = await query.execute();
  return {
    approvals: rows.filter((row) => mayAs(standingOf(actor, row), "site:read")).map((row) => describe(context, row)),
  };
}

/** Finds what was asked for, by its id. Throws SitepodError `not_found`, `forbidden`. */
export async function findApproval(context: Context, actor: Actor, id: string): Promise<Api.Approval> {
  return describe(context, await requireApproval(context, actor, id));
}

/**
 * Approves a move, and makes it. Throws SitepodError: `not_found`; `forbidden` to who asked for it, and where they may not
 * deploy any more; `gone` where it does not wait; and what the move throws, after which it waits still.
 */
export async function approve(
  context: Context,
  actor: Actor,
  id: string,
  comment: string | undefined,
): Promise<Api.Approval> {
  await decide(context, actor, id, async ({ row, site }) => {
    if (row.requested_by === actor.userId) {
      throw new SitepodError("forbidden", "You have asked for this yourself: another member must approve it.");
    }
    await requireRequester(context, row.requested_by, site);
    const move = {
      environment: row.environment,
      choice: { version: formatVersion(row.version) },
      order: { expectedRelease: row.expected_release ?? undefined, inOrder: row.in_order ?? undefined },
      approval: decisionOf(row, "approved", comment),
    };
    await moveAsApproved(context, actor, site, move, row.action);
  });
  return await findApproval(context, actor, id);
}

/** Refuses a move, or, by who asked for it, withdraws it. Throws SitepodError `not_found`, `forbidden`, `gone`. */
export async function refuse(
  context: Context,
  actor: Actor,
  id: string,
  comment: string | undefined,
): Promise<Api.Approval> {
  await decide(context, actor, id, async ({ row, site }) => {
    const decision = decisionOf(row, row.requested_by === actor.userId ? "withdrawn" : "refused", comment);
    const by = { author: actor, at: nowIso(context), site };
    await context.db.query.transaction().execute((query) => settleApproval(context, by, decision, query));
  });
  return await findApproval(context, actor, id);
}

type Row = Awaited<ReturnType<typeof requireApproval>>;

const decisionOf = (row: Row, state: Decision["state"], comment: string | undefined): Decision => ({
  id: row.id,
  state,
  comment: comment ?? null,
  asked: {
    environment: row.environment,
    version: row.version,
    action: row.action,
    requestedBy: row.requested_by,
    requestedEmail: row.requested_email,
  },
});

/** In the site's turn: of two who decide at once, the second finds that it does not wait any more. */
async function decide(
  context: Context,
  actor: Actor,
  id: string,
  work: (waiting: { readonly row: Row; readonly site: Site }) => Promise<void>,
): Promise<void> {
  const { site_id } = await requireApproval(context, actor, id);
  await holdSite(context, actor, site_id, async (site) => {
    const row = await requireApproval(context, actor, id);
    if (stateOf(context, row) !== "pending") {
      throw new SitepodError("gone", `This does not wait for an approval: it is ${stateOf(context, row)}.`);
    }
    await work({ row, site });
  });
}

/** Who asked must be one to deploy the site still: who was removed since has not asked. */
async function requireRequester(context: Context, userId: string, site: Site): Promise<void> {
  const user = await context.db.query
    .selectFrom("user")
    .where("id", "=", userId)
    .select(["id", "role", "email"])
    .executeTakeFirst();
  const requester = {
    userId,
    email: user?.email ?? "",
    isAdmin: user?.role === "admin",
    scopes: new Set<never>(),
    siteId: null,
    tokenName: null,
    address: null,
  };
  const row = await context.db.query
    .selectFrom("sites")
    .where("sites.id", "=", site.id)
    .select(siteStanding(requester))
    .executeTakeFirst();
  if (row && mayAs(standingOf(requester, row), "site:deploy")) return;
  throw new SitepodError("forbidden", "Who asked for this may not deploy the site any more. Refuse it.");
}

const approvalsOf = (context: Context, actor: Actor) =>
  context.db.query
    .selectFrom("approvals")
    .innerJoin("sites", "sites.id", "approvals.site_id")
    .innerJoin("releases", (join) =>
      join.onRef("releases.site_id", "=", "approvals.site_id").onRef("releases.version", "=", "approvals.version"),
    )
    .leftJoin("user as requester", "requester.id", "approvals.requested_by")
    .leftJoin("user as decider", "decider.id", "approvals.decided_by")
    .where(isLive)
    .selectAll("approvals")
    .select(["sites.name", "sites.label", "sites.workspace_id", "releases.image_id"])
    .select(["requester.email as requested_email", "decider.email as decided_email"])
    .select(siteStanding(actor));

async function requireApproval(context: Context, actor: Actor, id: string) {
  const row = await approvalsOf(context, actor).where("approvals.id", "=", id).executeTakeFirst();
  const standing = row && standingOf(actor, row);
  const isOfToken = actor.siteId === null || actor.siteId === row?.site_id;
  if (!standing || !isOfToken || !isWithin(actor, row.workspace_id) || !mayAs(standing, "site:read")) {
    throw new SitepodError(
      "not_found",
      `Nothing of the id ${JSON.stringify(id)} was asked for. List what was with sitepod approval list.`,
    );
  }
  requirePermission(standing, actor.needs, row.name);
  return row;
}

const stateOf = (context: Context, { state, expires_at }: Pick<Row, "state" | "expires_at">): Api.Approval["state"] =>
  state === "pending" && expires_at <= nowIso(context) ? "expired" : state;

const describe = (context: Context, row: Row): Api.Approval => ({
  id: row.id,
  project: row.name,
  environment: row.environment,
  version: formatVersion(row.version),
  action: row.action,
  state: stateOf(context, row),
  requested_by: row.requested_email,
  requested_at: row.requested_at,
  expires_at: row.expires_at,
  decided_by: row.decided_email,
  decided_at: row.decided_at,
  comment: row.comment,
  url: context.addresses.site(row.label, row.environment),
  release_url: context.addresses.release(row.label, row.version),
  image_id: row.image_id,
  previous_version: row.previous_version === null ? null : formatVersion(row.previous_version),
  pointer_version: row.ref_version,
});
