import {
  encodeManifest,
  findPathCollisions,
  formatVersion,
  type Manifest,
  openManifest,
  parsePodPath,
  type PodPath,
  SitepodError,
} from "#model";
import type { Api } from "#wire";
import type { Context } from "../context.ts";
import { type Limits, requireWithinLimits } from "../quota/limits.ts";
import { isMediaType } from "../release/plan.ts";
import { requireReadableRules } from "../release/rules.ts";
import { findUploadManifest } from "../release/upload.ts";
import type { ImportRecord } from "./import-record.ts";

export interface ImportedRelease {
  readonly release: Api.ImportRelease;
  readonly pod: Manifest;
}

/**
 * Reads the pod of a release that is imported, and holds it to what a deploy is held to: nobody here has made it. Throws
 * SitepodError: `invalid`, `conflict` where it was not sent, `too_large` over a limit.
 */
export async function checkPod(
  context: Context,
  record: ImportRecord,
  limits: Limits,
  release: Api.ImportRelease,
): Promise<ImportedRelease> {
  const digest = release.manifest as Parameters<typeof findUploadManifest>[2];
  const name = formatVersion(release.version);
  const staged = await context.store.uploads.bytes(record.id, digest);
  // What another workspace has must not be had by its hash alone. Of a commit that was cut off all is stored already.
  const pod =
    record.state === "open" ? staged && openManifest(staged) : await findUploadManifest(context, record.id, digest);
  if (!pod) throw new SitepodError("conflict", `The manifest of ${name} was not sent, or is none. Import it again.`);
  const entries = [...pod.entries()];
  const fault = findFault(entries);
  if (fault !== undefined) throw new SitepodError("invalid", `Release ${name} cannot be served here: ${fault}.`);
  // One set of files has one encoding: anything else could list them in an order in which none is found.
  if (context.hash(encodeManifest(entries, pod.settings)) !== digest) {
    throw new SitepodError("invalid", `The manifest of ${name} is not written as this server writes it.`);
  }
  requireWithinLimits(limits, entries);
  requireReadableRules(pod);
  return { release, pod };
}

function findFault(entries: readonly { readonly path: string; readonly type: string }[]): string | undefined {
  const paths: PodPath[] = [];
  for (const { path, type } of entries) {
    const parsed = parsePodPath(path);
    if (!parsed.ok) return parsed.fault;
    paths.push(parsed.value);
    if (!isMediaType(type)) return `${JSON.stringify(path)} has no media type`;
  }
  // Case collisions are for the deploy to allow, and it did.
  return findPathCollisions(paths.sort(), true)[0];
}
