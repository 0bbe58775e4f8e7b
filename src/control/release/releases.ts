import type { Kysely, Selectable } from "kysely";
import type { ReleaseTable, Schema } from "#db";
import { formatVersion, parseVersion, type ReleaseRecord, SitepodError, wasRemovedByRetention } from "#model";
import type { Context } from "../context.ts";
import type { Site } from "./sites.ts";

export type Release = Selectable<ReleaseTable>;

/** Inserts the row of a release's record, unless it is there. First says of its upload what it became. */
export async function insertRelease(query: Kysely<Schema>, record: ReleaseRecord): Promise<void> {
  const { upload, version } = record;
  if (upload !== undefined) await query.updateTable("uploads").set({ version }).where("id", "=", upload).execute();
  await query
    .insertInto("releases")
    .values({
      site_id: record.site_id,
      version,
      image_id: record.image,
      manifest: record.manifest,
      files_count: record.files_count,
      total_size: record.total_size,
      created_at: record.created_at,
      created_by: record.created_by,
      trigger: record.trigger,
      message: record.message ?? null,
      git_commit: record.git?.commit ?? null,
      git_branch: record.git?.branch ?? null,
      git_message: record.git?.message ?? null,
      git_time: record.git?.time ?? null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export interface ReleaseChoice {
  readonly imageId?: string | null | undefined;
  /** `v3` */
  readonly version?: string | null | undefined;
}

/**
 * Finds the release of a site that a client names: by its version, by its image (the newest release of it), or else the
 * newest of all. Throws SitepodError `not_found`, `gone` where retention removed it or its record is lost, `invalid` where the version is not one.
 */
export async function findRelease(context: Context, site: Site, choice: ReleaseChoice): Promise<Release> {
  const releases = context.db.query
    .selectFrom("releases")
    .where("site_id", "=", site.id)
    .selectAll()
    .orderBy("version", "desc");
  const kept = releases.where("removed_at", "is", null).limit(1);
  // The public client sends what its user typed as an image id: a version is one too.
  const named = choice.version ?? choice.imageId;
  if (named === null || named === undefined) {
    const release = await kept.executeTakeFirst();
    if (release) return release;
    throw new SitepodError("not_found", `${site.name} has no release yet. Deploy it first.`);
  }
  const version = parseVersion(named);
  if (version === undefined && choice.version) {
    throw new SitepodError("invalid", `${JSON.stringify(named)} is not a version. Versions look like v3.`);
  }
  const [column, value] = version === undefined ? (["image_id", named] as const) : (["version", version] as const);
  const release = await kept.where(column, "=", value).executeTakeFirst();
  if (release) return release;
  const gone = await releases.where(column, "=", value).limit(1).executeTakeFirst();
  if (gone) throw await describeGone(context, site, gone);
  throw new SitepodError(
    "not_found",
    `${site.name} has no release ${JSON.stringify(named)}. List its releases with sitepod history.`,
  );
}

/** The database marks both alike; the claim tells what retention removed. */
async function describeGone(context: Context, site: Site, { version, removed_at }: Release): Promise<SitepodError> {
  const [which, day] = [`${formatVersion(version)} of ${site.name}`, removed_at?.slice(0, 10)];
  const claim = await context.records.readClaim(site.label);
  const isLost = claim !== undefined && !wasRemovedByRetention(claim, version);
  return new SitepodError(
    "gone",
    isLost
      ? `${which} is lost: nothing removed it, and on ${day} its record was found to be gone from the server's storage. Its ` +
          "administrator brings it back from a backup by sitepod server fsck --repair --from; or deploy its files again."
      : `${which} was removed on ${day}, as its retention says. Choose one that sitepod history lists as kept, or deploy its ` +
          "files again.",
  );
}
