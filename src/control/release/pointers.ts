import { type Access, type Digest, type Environment, formatVersion, moveRef, type Ref, SitepodError } from "#model";
import type { Api } from "#wire";
import { writeProtected } from "../access/new-pointer.ts";
import { changeStore } from "../change-store.ts";
import type { Context } from "../context.ts";
import { requireLeave } from "../guard/require-leave.ts";
import type { Decision } from "../guard/settle-approval.ts";
import type { Actor } from "../identity/actor.ts";
import { pointerMove } from "./pointer-move.ts";
import { type Order, requireOrder } from "./order.ts";
import { findRelease, type Release, type ReleaseChoice } from "./releases.ts";
import type { Site } from "./sites.ts";

/** So often an order is checked again. */
const MAX_LOOKS = 5;

export interface Move {
  readonly environment: Environment;
  readonly choice: ReleaseChoice;
  /** Move only if the pointer has this version; 0: only if there is none. */
  readonly expectedVersion?: number | undefined;
  /** Move only if what is served is not newer. */
  readonly order?: Order | undefined;
  /** Protects the environment with this move, where it is not protected yet. */
  readonly password?: string | undefined;
  /** Another member's leave, where the environment's guard wants one. */
  readonly approval?: Decision | undefined;
}

interface Moved {
  readonly release: Release;
  readonly previous: Ref | undefined;
  readonly ref: Ref;
  readonly durationMs: number;
}

/**
 * Points an environment at a release. Throws SitepodError `not_found`, `conflict` where it was moved meanwhile, `stale`
 * where what is served is newer.
 */
export async function releaseSite(
  context: Context,
  actor: Actor,
  site: Site,
  move: Move,
): Promise<Api.ReleaseResponse> {
  const moved = await moveInOrder(context, actor, site, move);
  return describeMove(context, site, moved);
}

/**
 * Points an environment back at an earlier release: the one that is named, or else the one that was served before.
 * Throws SitepodError `not_found`, `gone` where it was removed, `conflict`.
 */
export async function rollBackSite(
  context: Context,
  actor: Actor,
  site: Site,
  move: Move,
): Promise<Api.RollbackResponse> {
  const isNamed = (move.choice.imageId ?? move.choice.version ?? undefined) !== undefined;
  const choice = isNamed ? move.choice : await previousChoice(context, site, move.environment);
  const moved = await movePointer(context, actor, site, { ...move, choice }, "rollback");
  return {
    ...describeMove(context, site, moved),
    previous_image_id: moved.previous?.image ?? null,
    duration_ms: Math.round(moved.durationMs * 1000) / 1000,
  };
}

/** Makes a move that was asked for and is approved now, in the order that was asked for. Throws as it would have then. */
export async function moveAsApproved(
  context: Context,
  actor: Actor,
  site: Site,
  move: Move & { readonly approval: Decision },
  action: "release" | "rollback",
): Promise<void> {
  await (action === "release"
    ? moveInOrder(context, actor, site, move)
    : movePointer(context, actor, site, move, action));
}

async function previousChoice(context: Context, site: Site, environment: Environment): Promise<ReleaseChoice> {
  const current = await context.records.readRef(site.label, environment);
  const earlier = await context.db.query
    .selectFrom("deployments")
    .innerJoin("releases", (join) =>
      join.onRef("releases.site_id", "=", "deployments.site_id").onRef("releases.version", "=", "deployments.version"),
    )
    .where("deployments.site_id", "=", site.id)
    .where("deployments.environment", "=", environment)
    .where("deployments.version", "<", current?.release ?? 0)
    .select("deployments.version")
    // What was removed comes last, and is told to be by who looks it up.
    .orderBy((order) => order.case().when("releases.removed_at", "is", null).then(0).else(1).end())
    .orderBy("deployments.version", "desc")
    .limit(1)
    .executeTakeFirst();
  if (earlier) return { version: formatVersion(earlier.version) };
  throw new SitepodError("not_found", `${environment} of ${site.name} has no earlier release to roll back to.`);
}

/** Where the pointer is moved by another process while it is looked at, it is looked at again. */
async function moveInOrder(context: Context, actor: Actor, site: Site, move: Move): Promise<Moved> {
  const release = await findRelease(context, site, move.choice);
  for (let tries = 1; ; tries++) {
    const seen = await requireOrder(context, site, move.environment, release, move.order ?? {});
    try {
      const expectedVersion = move.expectedVersion ?? seen;
      return await movePointer(context, actor, site, { ...move, expectedVersion }, "release");
    } catch (error) {
      const mayHaveMoved = seen !== undefined && move.expectedVersion === undefined && tries < MAX_LOOKS;
      if (!mayHaveMoved || !(error instanceof SitepodError) || error.code !== "conflict") throw error;
    }
  }
}

async function movePointer(
  context: Context,
  actor: Actor,
  site: Site,
  move: Move,
  action: "release" | "rollback",
): Promise<Moved> {
  const { environment } = move;
  const release = await findRelease(context, site, move.choice);
  const target = {
    site: site.name,
    environment,
    release: release.version,
    image: release.image_id,
    manifest: release.manifest as Digest,
  };
  await requireLeave(context, actor, site, {
    environment,
    version: release.version,
    action,
    order: move.order ?? {},
    isApproved: move.approval !== undefined,
    hasPassword: move.password !== undefined,
  });
  const current = await context.records.readRef(site.label, environment);
  const write = (access: Access | undefined) =>
    context.records.moveRef(
      site.label,
      environment,
      (found) => moveRef(found, { ...target, ...(access && { access }) }, context.nowMs(), context.settings.survivalMs),
      // Where nobody says otherwise: as it was looked at, since what is recorded has been decided by that.
      move.expectedVersion ?? current?.version ?? 0,
    );
  const data = {
    site,
    environment,
    version: release.version,
    previous: current?.release ?? null,
    refVersion: (current?.version ?? 0) + 1,
    action,
    approval: move.approval ?? null,
  };
  const wanted = { turn: site.id, siteId: site.id, data };
  const { written, entered: deployId } = await changeStore(context, actor, pointerMove, wanted, () =>
    writeProtected(context, site, current?.access, move.password, async (access) => {
      const begunMs = performance.now();
      const moved = await write(access);
      return { ...moved, durationMs: performance.now() - begunMs };
    }),
  );
  if (deployId !== undefined) context.live.tellDeploy(deployId);
  return { release, ...written };
}

function describeMove(context: Context, site: Site, { release, previous, ref }: Moved): Api.ReleaseResponse {
  return {
    project: site.name,
    environment: ref.environment,
    image_id: release.image_id,
    version: formatVersion(release.version),
    url: context.addresses.site(site.label, ref.environment),
    pointer_version: ref.version,
    previous_version: previous ? formatVersion(previous.release) : null,
  };
}
