import type { Digest } from "#model";
import { settleReleases } from "../access/permanent-addresses.ts";
import { forgetImports } from "../archive/forget-imports.ts";
import { type Context, nowIso } from "../context.ts";
import { forgetSignIns } from "../identity/forget-sign-ins.ts";
import { UPLOAD_LIFE_MS } from "../release/plan.ts";
import { emptyBin } from "./empty-bin.ts";
import { forgetDeliveries } from "../webhooks/forget-deliveries.ts";
import { forgetOldSecrets } from "../webhooks/secrets.ts";
import { listUploads, namedByUpload } from "./uploads-under-way.ts";

export interface CleanedUp {
  readonly expired_users_deleted: number;
  readonly expired_previews_deleted: number;
  readonly expired_plans_deleted: number;
  readonly expired_sites_deleted: number;
  readonly errors: string[];
}

/** An expired preview answers 410 for this long before it is forgotten and answers 404. */
const GONE_FOR_MS = 30 * 24 * 60 * 60 * 1000;

/** Forgets what has expired: what has been in the bin for its time, previews, uploads that were never committed, and their contents. Doing it twice is harmless. */
export async function cleanUp(context: Context): Promise<CleanedUp> {
  const errors: string[] = [];
  const sites = await emptyBin(context, errors);
  const previews = await forgetPreviews(context, errors);
  const plans = await forgetUploads(context);
  await forgetSignIns(context.db.query);
  await forgetDeploys(context);
  await forgetDeliveries(context);
  await forgetOldSecrets(context);
  if (errors.length === 0) context.activity.cleanedUp(context.nowMs());
  return {
    expired_users_deleted: 0,
    expired_previews_deleted: previews,
    expired_plans_deleted: plans,
    expired_sites_deleted: sites,
    errors,
  };
}

async function forgetPreviews(context: Context, errors: string[]): Promise<number> {
  const before = new Date(context.nowMs() - GONE_FOR_MS).toISOString();
  const expired = await context.db.query
    .selectFrom("previews")
    .innerJoin("sites", "sites.id", "previews.site_id")
    .where("previews.expires_at", "<", before)
    .select(["previews.site_id", "previews.slug", "sites.name"])
    .execute();
  let deleted = 0;
  for (const { site_id, slug, name } of expired) {
    try {
      if (await context.inTurn(site_id, () => forgetPreview(context, site_id, slug, before))) deleted++;
    } catch (error) {
      context.log(`Preview ${slug} of ${name} could not be removed`, error);
      errors.push(`preview ${slug} of ${name} could not be removed`);
    }
  }
  return deleted;
}

/** Returns false where the preview, or its site, has been deleted or the preview made anew since it was looked for. */
async function forgetPreview(context: Context, siteId: string, slug: string, before: string): Promise<boolean> {
  const expired = await context.db.query
    .selectFrom("previews")
    .innerJoin("sites", "sites.id", "previews.site_id")
    .where("previews.site_id", "=", siteId)
    .where("previews.slug", "=", slug)
    .where("previews.expires_at", "<", before)
    .select("sites.label")
    .executeTakeFirst();
  if (!expired) return false;
  const preview = await context.records.readPreview(expired.label, slug);
  await context.records.removePreview(expired.label, slug);
  if (preview?.access) await settleReleases(context, expired.label);
  await context.db.query.deleteFrom("previews").where("site_id", "=", siteId).where("slug", "=", slug).execute();
  return true;
}

async function forgetUploads(context: Context): Promise<number> {
  return await context.contentGate.alone(async () => {
    const { numDeletedRows } = await context.db.query
      .deleteFrom("uploads")
      .where("version", "is", null)
      .where("expires_at", "<", nowIso(context))
      .executeTakeFirst();
    const imports = await forgetImports(context);
    const kept = new Set<string>();
    const keyOf = (workspaceId: string, digest: Digest) => `${workspaceId} ${digest}`;
    for (const upload of await listUploads(context.db.query, nowIso(context))) {
      for (const digest of await namedByUpload(context, upload)) kept.add(keyOf(upload.workspaceId, digest));
    }
    await context.store.uploads.expire(
      (workspaceId, digest) => imports.has(workspaceId) || kept.has(keyOf(workspaceId, digest)),
    );
    return Number(numDeletedRows);
  });
}

/** A log stays as long as its release; that of a deploy which became none, as long as its plan. */
async function forgetDeploys({ db, nowMs }: Context): Promise<void> {
  const before = new Date(nowMs() - UPLOAD_LIFE_MS).toISOString();
  await db.query
    .deleteFrom("deploys")
    .where(({ and, or, eb, not, exists, selectFrom }) =>
      or([
        and([eb("version", "is", null), eb("last_at", "<", before)]),
        and([
          eb("version", "is not", null),
          not(
            exists(
              selectFrom("releases")
                .whereRef("releases.site_id", "=", "deploys.site_id")
                .whereRef("releases.version", "=", "deploys.version")
                .select("releases.version"),
            ),
          ),
        ]),
      ]),
    )
    .execute();
}
