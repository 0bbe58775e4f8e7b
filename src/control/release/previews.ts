import {
  DEFAULT_PREVIEW_TTL_S,
  type Digest,
  formatVersion,
  MAX_DNS_LABEL_LENGTH,
  MAX_PREVIEW_TTL_S,
  MIN_PREVIEW_TTL_S,
  type Preview,
  parsePreviewSlug,
  SitepodError,
  withAccess,
} from "#model";
import type { Api } from "#wire";
import { writeProtected } from "../access/new-pointer.ts";
import { settleReleases } from "../access/permanent-addresses.ts";
import { changeStore } from "../change-store.ts";
import { type Context, newId, nowIso, type StoreChange } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { labelNow } from "./label-now.ts";
import { findRelease } from "./releases.ts";
import { sentence, type Site } from "./sites.ts";

const RANDOM_SLUG_LENGTH = 10;
const MAX_DRAWS = 100;
/** A site keeps at most so many previews: each is a file. */
const MAX_PREVIEWS_PER_SITE = 1000;

export interface WantedPreview {
  readonly imageId: string;
  readonly slug?: string | null | undefined;
  readonly expiresInS?: number | null | undefined;
  /** Protects it from the first moment, unless the one of this slug is protected already. */
  readonly password?: string | undefined;
}

/**
 * Makes a temporary pointer to a release, or moves the one of the same slug. Throws SitepodError: `invalid` slug or
 * expiry, `not_found`, `conflict` where the site has too many.
 */
export async function createPreview(
  context: Context,
  actor: Actor,
  site: Site,
  wanted: WantedPreview,
): Promise<Api.PreviewResponse> {
  const release = await findRelease(context, site, { imageId: wanted.imageId });
  const lifeS = wanted.expiresInS ?? DEFAULT_PREVIEW_TTL_S;
  if (lifeS < MIN_PREVIEW_TTL_S || lifeS > MAX_PREVIEW_TTL_S) {
    throw new SitepodError(
      "invalid",
      `A preview lives between ${MIN_PREVIEW_TTL_S} seconds and ${MAX_PREVIEW_TTL_S / 86_400} days; expires_in is ${lifeS}.`,
    );
  }
  const slug = parsePreviewSlug(wanted.slug ?? (await drawSlug(context, site)), site.label);
  if (!slug.ok) throw new SitepodError("invalid", `${sentence(slug.fault)}.`);
  await requireRoom(context, site, slug.value);
  const createdAt = nowIso(context);
  const expiresAt = new Date(context.nowMs() + lifeS * 1000).toISOString();
  const current = (await context.records.readPreview(site.label, slug.value))?.access;
  const preview: Preview = {
    site: site.name,
    slug: slug.value,
    release: release.version,
    image: release.image_id,
    manifest: release.manifest as Digest,
    created_at: createdAt,
    expires_at: expiresAt,
  };
  const data = { site, slug: slug.value, version: release.version, createdAt, expiresAt };
  await changeStore(context, actor, previewCreation, { turn: site.id, siteId: site.id, data }, () =>
    writeProtected(context, site, current, wanted.password, (access) =>
      context.records.writePreview(site.label, withAccess(preview, current ?? access)),
    ),
  );
  return {
    url: context.addresses.preview(site.label, slug.value),
    expires_at: expiresAt,
    slug: slug.value,
    version: formatVersion(release.version),
  };
}

interface ChangedPreview {
  readonly site: Site;
  readonly slug: string;
  readonly version: number;
  readonly expiresAt: string;
}

export const previewCreation: StoreChange<ChangedPreview & { readonly createdAt: string }> = {
  kind: "preview.create",
  async isMade(context, { site, slug, version, createdAt }) {
    const preview = await context.records.readPreview(await labelNow(context, site), slug);
    return preview?.created_at === createdAt && preview.release === version;
  },
  finish: async (context, { site }) => settleReleases(context, await labelNow(context, site)),
  async enter(context, { author, at, data }, query) {
    const { site, slug, version, createdAt, expiresAt } = data;
    const row = { version, created_by: author.userId, created_at: createdAt, expires_at: expiresAt };
    await query
      .insertInto("previews")
      .values({ site_id: site.id, slug, ...row })
      .onConflict((conflict) => conflict.columns(["site_id", "slug"]).doUpdateSet(row))
      .execute();
    const after = { version: formatVersion(version), expires_at: expiresAt };
    await recordEvent(context, author, "preview.create", { site, target: slug, at, after }, query);
  },
};

export const previewRemoval: StoreChange<ChangedPreview> = {
  kind: "preview.delete",
  async isMade(context, { site, slug }) {
    return (await context.records.readPreview(await labelNow(context, site), slug)) === undefined;
  },
  finish: async (context, { site }) => settleReleases(context, await labelNow(context, site)),
  async enter(context, { author, at, data }, query) {
    const { site, slug, version, expiresAt } = data;
    await query.deleteFrom("previews").where("site_id", "=", site.id).where("slug", "=", slug).execute();
    const before = { version: formatVersion(version), expires_at: expiresAt };
    await recordEvent(context, author, "preview.delete", { site, target: slug, at, before }, query);
  },
};

/** Draws a slug that no preview of the site has. The longest names leave room for three characters. */
async function drawSlug(context: Context, { label }: Site): Promise<string> {
  const length = Math.min(RANDOM_SLUG_LENGTH, MAX_DNS_LABEL_LENGTH - `${label}--`.length);
  for (let draw = 0; draw < MAX_DRAWS; draw++) {
    const slug = newId(context, "p", length).slice("p_".length);
    if (parsePreviewSlug(slug, label).ok && !(await context.records.readPreview(label, slug))) return slug;
  }
  throw new SitepodError("conflict", `Almost every short slug of ${label} is in use. Name one, or delete some first.`);
}

/** The others that can be seen count: the preview itself may be there already. */
async function requireRoom(context: Context, site: Site, slug: string): Promise<void> {
  const { count } = await context.db.query
    .selectFrom("previews")
    .where("site_id", "=", site.id)
    .where("slug", "!=", slug)
    .where("expires_at", ">", nowIso(context))
    .select((select) => select.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  if (count < MAX_PREVIEWS_PER_SITE) return;
  throw new SitepodError("conflict", `${site.name} has ${count} previews, which is the limit. Delete some first.`);
}

/** Lists the previews of a site that have not expired, newest first. */
export async function listPreviews(context: Context, site: Site): Promise<Api.PreviewList> {
  const rows = await context.db.query
    .selectFrom("previews")
    .innerJoin("releases", (join) =>
      join.onRef("releases.site_id", "=", "previews.site_id").onRef("releases.version", "=", "previews.version"),
    )
    .where("previews.site_id", "=", site.id)
    .where("previews.expires_at", ">", nowIso(context))
    .selectAll("previews")
    .select("releases.image_id")
    .orderBy("previews.created_at", "desc")
    .execute();
  return {
    previews: rows.map((row) => ({
      slug: row.slug,
      url: context.addresses.preview(site.label, row.slug),
      image_id: row.image_id,
      version: formatVersion(row.version),
      created_at: row.created_at,
      expires_at: row.expires_at,
    })),
  };
}

/** Ends a preview now. Its row goes last: as long as anything is left, it can be deleted. Throws SitepodError `not_found`. */
export async function deletePreview(context: Context, actor: Actor, site: Site, slug: string): Promise<void> {
  const row = await context.db.query
    .selectFrom("previews")
    .where("site_id", "=", site.id)
    .where("slug", "=", slug)
    .select(["version", "expires_at"])
    .executeTakeFirst();
  if (!row) throw new SitepodError("not_found", `${site.name} has no preview ${JSON.stringify(slug)}.`);
  const preview = await context.records.readPreview(site.label, slug);
  const data = { site, slug, version: row.version, expiresAt: row.expires_at };
  await changeStore(context, actor, previewRemoval, { turn: site.id, siteId: site.id, data }, async () => {
    await context.records.removePreview(site.label, slug);
    // Without its file, an earlier try was cut off: perhaps before this.
    if (!preview || preview.access) await settleReleases(context, site.label);
  });
}
