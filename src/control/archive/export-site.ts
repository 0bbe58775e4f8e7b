import { type Digest, ENVIRONMENTS, formatVersion, type ReleaseRecord, SitepodError } from "#model";
import { StreamHasher } from "#store";
import {
  archivedBlobName,
  type ArchivedContent,
  type ArchivedDocument,
  type ArchivedEnvironments,
  formatArchivedRecord,
  formatArchivedRelease,
  formatArchiveIndex,
  formatTarHeader,
  INDEX_FILE,
  LAYOUT_FILE,
  LAYOUT_TEXT,
  tarPadding,
} from "#wire";
import type { Context } from "../context.ts";
import type { Site } from "../release/sites.ts";

type Chunks = AsyncGenerator<Uint8Array>;

const encoder = new TextEncoder();

/**
 * Writes a site with its releases as an archive, content by content. The same site gives the same bytes. Its index comes
 * last, so an archive that breaks off is none. Each content is read twice: to name it, and to send it. Throws SitepodError
 * `not_found` where there is no release, `conflict` where a content is damaged or goes meanwhile.
 */
export async function exportSite(context: Context, site: Site): Promise<Chunks> {
  const versions = await context.records.releaseVersions(site.label);
  if (versions.length > 0) return writeArchive(context, site, versions);
  throw new SitepodError("not_found", `${site.name} has no release yet. Deploy it first.`);
}

async function* writeArchive(context: Context, site: Site, versions: readonly number[]): Chunks {
  yield* writeFile(LAYOUT_FILE, encoder.encode(LAYOUT_TEXT));
  const sent = new Map<Digest, ArchivedContent>();
  const releases: { version: number; manifest: ArchivedDocument }[] = [];
  for (const version of versions) {
    const record = await context.records.readRelease(site.label, version);
    if (!record) continue;
    const digests = await listContents(context, record);
    for (const digest of [record.manifest, ...digests]) {
      if (sent.has(digest)) continue;
      const content = await nameContent(context, site, version, digest);
      sent.set(digest, content);
      yield* writeContent(context, content);
    }
    const recordBytes = encoder.encode(formatArchivedRecord(record));
    const contents = digests.map((digest) => sent.get(digest)!);
    const manifestBytes = encoder.encode(
      formatArchivedRelease(nameBytes(recordBytes), sent.get(record.manifest)!, contents),
    );
    for (const bytes of [recordBytes, manifestBytes])
      yield* writeFile(archivedBlobName(nameBytes(bytes).sha256), bytes);
    releases.push({ version, manifest: nameBytes(manifestBytes) });
  }
  const claim = await context.records.readClaim(site.label);
  const described = {
    site: site.name,
    environments: await listEnvironments(context, site, new Set(releases.map(({ version }) => version))),
    isProtected: claim?.access !== undefined,
  };
  yield* writeFile(INDEX_FILE, encoder.encode(formatArchiveIndex(described, releases)));
  yield new Uint8Array(1024);
}

async function listContents(context: Context, record: ReleaseRecord): Promise<Digest[]> {
  const pod = await context.readManifest(record.manifest);
  if (!pod) throw lost(record.site, record.version);
  return [...new Set(Array.from(pod.entries(), ({ digest }) => digest))];
}

async function listEnvironments(
  context: Context,
  site: Site,
  versions: ReadonlySet<number>,
): Promise<ArchivedEnvironments> {
  const environments: ArchivedEnvironments = {};
  for (const environment of ENVIRONMENTS) {
    const ref = await context.records.readRef(site.label, environment);
    // One that was released after the list was made has not been written.
    if (!ref || !versions.has(ref.release)) continue;
    environments[environment] = { version: ref.release, protected: ref.access !== undefined };
  }
  return environments;
}

/** Reads a content to know its SHA-256, and that it is whole. */
async function nameContent(context: Context, site: Site, version: number, digest: Digest): Promise<ArchivedContent> {
  const sha256 = new Bun.CryptoHasher("sha256");
  const blake3 = new StreamHasher();
  let size = 0;
  const stored = await context.store.blobs.read(digest);
  if (!stored) throw lost(site.name, version);
  for await (const chunk of stored.body) {
    sha256.update(chunk);
    blake3.update(chunk);
    size += chunk.length;
  }
  if (blake3.digest() !== digest) throw lost(site.name, version);
  return { digest, sha256: sha256.digest("hex"), size };
}

async function* writeContent(context: Context, { digest, sha256, size }: ArchivedContent): Chunks {
  yield formatTarHeader(archivedBlobName(sha256), size);
  const stored = await context.store.blobs.read(digest);
  if (!stored) throw new SitepodError("conflict", "The site was deleted while it was exported.");
  yield* stored.body;
  yield* padding(size);
}

async function* writeFile(name: string, bytes: Uint8Array): Chunks {
  yield formatTarHeader(name, bytes.length);
  if (bytes.length > 0) yield bytes;
  yield* padding(bytes.length);
}

/** No chunk is empty: one would end the answer. */
function* padding(size: number): Generator<Uint8Array> {
  const length = tarPadding(size);
  if (length > 0) yield new Uint8Array(length);
}

const nameBytes = (bytes: Uint8Array): ArchivedDocument => ({
  sha256: new Bun.CryptoHasher("sha256").update(bytes).digest("hex"),
  size: bytes.length,
});

const lost = (site: string, version: number) =>
  new SitepodError(
    "conflict",
    `Contents of ${site} ${formatVersion(version)} are lost or damaged. The operator finds them with sitepod server fsck.`,
  );
