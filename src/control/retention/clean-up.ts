import { settleReleases } from "../access/permanent-addresses.ts";
import type { Context } from "../context.ts";
import { nowIso } from "../context.ts";

export interface CleanedUp {
  readonly expired_users_deleted: number;
  readonly expired_previews_deleted: number;
  readonly expired_plans_deleted: number;
  readonly errors: string[];
}

/** An expired preview answers 410 for this long before it is forgotten and answers 404. */
const GONE_FOR_MS = 30 * 24 * 60 * 60 * 1000;

/** Forgets what has expired: previews, uploads that were never committed, and their contents. Doing it twice is harmless. */
export async function cleanUp(context: Context): Promise<CleanedUp> {
  const errors: string[] = [];
  const previews = await forgetPreviews(context, errors);
  const plans = await forgetUploads(context);
  return { expired_users_deleted: 0, expired_previews_deleted: previews, expired_plans_deleted: plans, errors };
}

async function forgetPreviews(context: Context, errors: string[]): Promise<number> {
  const before = new Date(context.nowMs() - GONE_FOR_MS).toISOString();
  const expired = await context.db.query
    .selectFrom("previews")
    .innerJoin("sites", "sites.id", "previews.site_id")
    .where("previews.expires_at", "<", before)
    .select(["previews.site_id", "previews.slug", "sites.label"])
    .execute();
  let deleted = 0;
  for (const { site_id, slug, label } of expired) {
    try {
      const preview = await context.records.readPreview(label, slug);
      await context.records.removePreview(label, slug);
      if (preview?.access) await settleReleases(context, label);
      await context.db.query.deleteFrom("previews").where("site_id", "=", site_id).where("slug", "=", slug).execute();
      deleted++;
    } catch (error) {
      context.log(`Preview ${label}--${slug} could not be removed`, error);
      errors.push(`preview ${label}--${slug} could not be removed`);
    }
  }
  return deleted;
}

async function forgetUploads(context: Context): Promise<number> {
  return await context.contentGate.alone(async () => {
    const { numDeletedRows } = await context.db.query
      .deleteFrom("uploads")
      .where("version", "is", null)
      .where("expires_at", "<", nowIso(context))
      .executeTakeFirst();
    const oldest = await context.db.query
      .selectFrom("uploads")
      .where("version", "is", null)
      .select((select) => select.fn.min("created_at").as("created_at"))
      .executeTakeFirst();
    // What was staged before the oldest upload under way belongs to none.
    const beforeMs = oldest?.created_at ? Date.parse(oldest.created_at) : context.nowMs();
    await context.store.uploads.expire(beforeMs, () => false);
    return Number(numDeletedRows);
  });
}
