import { type Digest, type Manifest, SitepodError } from "#model";
import { type Context, nowIso } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import type { Site } from "./sites.ts";
import { findUploadManifest } from "./upload.ts";

/** What a plan builds on: the pod of a release, or the plan that told the part of the list before. */
export interface PlanBase {
  readonly manifest: Manifest;
  /** The pod whose contents are all stored, by a release's word; what else is in the plan is looked for at commit. */
  readonly released: Digest | null;
  /** Whether the paths were checked against one another. */
  readonly isChecked: boolean;
}

/**
 * Finds the base that a plan names by its content hash. Throws SitepodError `conflict` where there is none to rely on:
 * the client then sends the whole list.
 */
export async function findPlanBase(context: Context, actor: Actor, site: Site, hash: Digest): Promise<PlanBase> {
  const unknown = new SitepodError(
    "conflict",
    "The pod that this plan builds on is not known here. Send the whole list of files.",
  );
  if (await isReleased(context, site, hash)) {
    const manifest = await context.readManifest(hash);
    if (!manifest) throw unknown;
    return { manifest, released: hash, isChecked: true };
  }
  const plan = await context.db.query
    .selectFrom("uploads")
    .where("site_id", "=", site.id)
    .where("user_id", "=", actor.userId)
    .where("manifest", "=", hash)
    .where("is_partial", "=", 1)
    .where("expires_at", ">", nowIso(context))
    .select("base")
    .executeTakeFirst();
  const manifest = plan && (await findUploadManifest(context, site.workspace_id, hash));
  if (!manifest) throw unknown;
  return { manifest, released: plan.base as Digest | null, isChecked: false };
}

/** Opens the pod that an upload builds on, where it is still a release's and nothing was lost since. */
export async function readReleasedBase(
  context: Context,
  site: Site,
  base: Digest | null,
): Promise<Manifest | undefined> {
  if (base === null || !(await isReleased(context, site, base))) return undefined;
  return await context.readManifest(base);
}

/** Whether a release of the site has this pod. One from before contents were lost is not relied on. */
async function isReleased(context: Context, site: Site, manifest: Digest): Promise<boolean> {
  const release = await context.db.query
    .selectFrom("releases")
    .innerJoin("workspaces", (join) => join.on("workspaces.id", "=", site.workspace_id))
    .where("site_id", "=", site.id)
    .where("manifest", "=", manifest)
    .where("removed_at", "is", null)
    .where(({ or, eb, ref }) =>
      or([eb("workspaces.lost_at", "is", null), eb("releases.created_at", ">", ref("workspaces.lost_at"))]),
    )
    .select("version")
    .limit(1)
    .executeTakeFirst();
  return release !== undefined;
}
