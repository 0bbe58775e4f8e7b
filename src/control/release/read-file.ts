import { type Digest, formatVersion, SitepodError } from "#model";
import type { Context } from "../context.ts";
import { findRelease, type ReleaseChoice } from "./releases.ts";
import type { Site } from "./sites.ts";

/** One file of a release. */
export interface ReleasedFile {
  /** Its media type. */
  readonly type: string;
  readonly content: Blob;
}

/** Opens a file of a release by its path in the pod. Throws SitepodError `not_found`. */
export async function readFile(
  context: Context,
  site: Site,
  choice: ReleaseChoice,
  path: string,
): Promise<ReleasedFile> {
  const release = await findRelease(context, site, choice);
  const entry = (await context.readManifest(release.manifest as Digest))?.find(path);
  if (entry && (await context.store.blobs.has(entry.digest))) {
    return { type: entry.type, content: await context.store.blobs.open(entry.digest) };
  }
  throw new SitepodError("not_found", `${formatVersion(release.version)} has no file ${JSON.stringify(path)}.`);
}
