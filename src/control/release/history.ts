import { type Digest, type Environment, ENVIRONMENTS, formatVersion, SitepodError } from "#model";
import type { Api } from "#wire";
import type { Context } from "../context.ts";
import { findRelease, type Release, type ReleaseChoice } from "./releases.ts";
import type { Site } from "./sites.ts";

/** Tells what an environment serves now, from its ref. Throws SitepodError `not_found` where it is empty. */
export async function readCurrent(context: Context, site: Site, environment: Environment): Promise<Api.Current> {
  const ref = await context.records.readRef(site.label, environment);
  if (!ref) throw new SitepodError("not_found", `Nothing is released to ${environment} of ${site.name} yet.`);
  return {
    project: site.name,
    environment,
    image_id: ref.image,
    content_hash: ref.manifest,
    version: formatVersion(ref.release),
    deployed_at: ref.updated_at,
    pointer_version: ref.version,
    url: context.addresses.site(site.label, environment),
  };
}

/** Lists a site's releases, newest first; with an environment, what it served, the last move first. */
export async function listHistory(
  context: Context,
  site: Site,
  environment: Environment | undefined,
  limit: number,
): Promise<Api.History> {
  const deployedTo = await findDeployedTo(context, site);
  const releases = context.db.query
    .selectFrom("releases")
    .leftJoin("user", "user.id", "releases.created_by")
    .leftJoin("deploys", (join) =>
      join.onRef("deploys.site_id", "=", "releases.site_id").onRef("deploys.version", "=", "releases.version"),
    )
    .where("releases.site_id", "=", site.id)
    .selectAll("releases")
    .select(["user.email as created_by_email", "deploys.new_files", "deploys.new_bytes"]);
  if (environment === undefined) {
    const rows = await releases.orderBy("releases.version", "desc").limit(limit).execute();
    return { items: rows.map((row) => describe(context, site, row, deployedTo)) };
  }
  const rows = await releases
    .innerJoin("deployments", (join) =>
      join.onRef("deployments.site_id", "=", "releases.site_id").onRef("deployments.version", "=", "releases.version"),
    )
    .where("deployments.environment", "=", environment)
    .select(["deployments.action", "deployments.at"])
    .orderBy("deployments.id", "desc")
    .limit(limit)
    .execute();
  return {
    items: rows.map((row) => ({
      ...describe(context, site, row, deployedTo),
      action: row.action,
      deployed_at: row.at,
    })),
  };
}

/** Lists a site's images, newest first, a page at a time. */
export async function listImages(context: Context, site: Site, page: number, limit: number): Promise<Api.ImageList> {
  const newestOfEach = context.db.query
    .selectFrom("releases")
    .where("site_id", "=", site.id)
    .where("removed_at", "is", null)
    .groupBy("image_id")
    .select((select) => select.fn.min("version").as("version"));
  const { total } = await context.db.query
    .selectFrom(newestOfEach.as("images"))
    .select((select) => select.fn.countAll<number>().as("total"))
    .executeTakeFirstOrThrow();
  const rows = await context.db.query
    .selectFrom("releases")
    .where("site_id", "=", site.id)
    .where("version", "in", newestOfEach)
    .selectAll()
    .orderBy("version", "desc")
    .limit(limit)
    .offset((page - 1) * limit)
    .execute();
  const deployedTo = await findDeployedTo(context, site);
  return {
    total,
    images: rows.map((row) => ({
      id: row.image_id,
      image_id: row.image_id,
      project_id: site.id,
      content_hash: row.manifest,
      file_count: row.files_count,
      total_size: row.total_size,
      git_commit: row.git_commit,
      git_branch: row.git_branch,
      git_message: row.git_message,
      created_at: row.created_at,
      deployed_to: deployedTo.filter((now) => now.image === row.image_id).map((now) => now.environment),
    })),
  };
}

/** Lists the files of a release, or of what an environment serves now. Throws SitepodError `not_found`. */
export async function listFiles(
  context: Context,
  site: Site,
  choice: ReleaseChoice & { readonly environment?: Environment | undefined },
): Promise<Api.Files> {
  const version = choice.environment && (await readCurrent(context, site, choice.environment)).version;
  const release = await findRelease(context, site, version ? { version } : choice);
  const manifest = await context.readManifest(release.manifest as Digest);
  if (!manifest) throw new SitepodError("not_found", `The files of ${formatVersion(release.version)} are gone.`);
  return {
    image_id: release.image_id,
    content_hash: release.manifest,
    version: formatVersion(release.version),
    files: Array.from(manifest.entries(), ({ path, digest, size, type }) => ({
      path,
      hash: digest,
      size,
      content_type: type,
    })),
  };
}

interface DeployedNow {
  readonly environment: Environment;
  readonly image: string;
  readonly release: number;
}

async function findDeployedTo(context: Context, site: Site): Promise<DeployedNow[]> {
  const refs = await Promise.all(ENVIRONMENTS.map((environment) => context.records.readRef(site.label, environment)));
  return refs.flatMap((ref) => (ref ? [{ environment: ref.environment, image: ref.image, release: ref.release }] : []));
}

function describe(
  context: Context,
  site: Site,
  row: Release & { created_by_email: string | null; new_files: number | null; new_bytes: number | null },
  deployedTo: readonly DeployedNow[],
): Api.HistoryItem {
  return {
    image_id: row.image_id,
    content_hash: row.manifest,
    created_at: row.created_at,
    git_commit: row.git_commit,
    git_branch: row.git_branch,
    git_message: row.git_message,
    version: formatVersion(row.version),
    message: row.message,
    files_count: row.files_count,
    total_size: row.total_size,
    new_files: row.new_files,
    new_bytes: row.new_bytes,
    created_by: row.created_by_email,
    url: context.addresses.release(site.label, row.version),
    removed_at: row.removed_at,
    deployed_to: deployedTo.filter((now) => now.release === row.version).map((now) => now.environment),
  };
}
