import {
  accepted,
  type Digest,
  type Environment,
  ENVIRONMENTS,
  formatVersion,
  type GitSource,
  isCount,
  parseDigest,
  type Parsed,
  parseJsonObject,
  refused,
  type ReleaseRecord,
} from "#model";

/**
 * A site with its releases as one file: an OCI image layout (https://github.com/opencontainers/image-spec, 1.1) in a tar.
 * `index.json` has an artifact for each release. Its config is what is recorded of the release, its first layer the pod's
 * manifest, its other layers the contents, each once. OCI names them by SHA-256; our own name is in an annotation.
 */
export const ARCHIVE_MEDIA_TYPE = "application/vnd.oci.image.layout.v1.tar";
export const LAYOUT_FILE = "oci-layout";
export const INDEX_FILE = "index.json";
export const LAYOUT_TEXT = '{"imageLayoutVersion":"1.0.0"}';

const INDEX = "application/vnd.oci.image.index.v1+json";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const RELEASE = "application/vnd.sitepod.release.v1+json";
const POD = "application/vnd.sitepod.manifest.v1";
const CONTENT = "application/octet-stream";

const REF_NAME = "org.opencontainers.image.ref.name";
const BLAKE3 = "dev.sitepod.blake3";
const SITE = "dev.sitepod.site";
const ENVIRONMENTS_NOTE = "dev.sitepod.environments";
const PROTECTED = "dev.sitepod.protected";

const SHA256 = /^sha256:[0-9a-f]{64}$/;

/** A content in an archive. `sha256` is 64 hexadecimal digits. */
export interface ArchivedContent {
  readonly digest: Digest;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** A document of the archive itself. */
export type ArchivedDocument = Omit<ArchivedContent, "digest">;

/** What is kept of a release when its site goes elsewhere. */
export type ArchivedRecord = Pick<ReleaseRecord, "version" | "created_at" | "trigger" | "message" | "git">;

/** What a site's environments point to. A protected one stays closed where it goes: its password does not travel. */
export type ArchivedEnvironments = Partial<
  Record<Environment, { readonly version: number; readonly protected: boolean }>
>;

export interface ArchivedSite {
  readonly site: string;
  readonly environments: ArchivedEnvironments;
  /** Whether the permanent addresses of the releases are closed. */
  readonly isProtected: boolean;
}

export const archivedBlobName = (sha256: string): string => `blobs/sha256/${sha256}`;

export function formatArchivedRecord({ version, created_at, trigger, message, git }: ReleaseRecord): string {
  return JSON.stringify({ version, created_at, trigger, ...(message && { message }), ...(git && { git }) });
}

export function formatArchivedRelease(
  record: ArchivedDocument,
  pod: ArchivedContent,
  contents: readonly ArchivedContent[],
): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    artifactType: RELEASE,
    config: descriptor(RELEASE, record),
    layers: [named(POD, pod), ...contents.map((content) => named(CONTENT, content))],
  });
}

export function formatArchiveIndex(
  { site, environments, isProtected }: ArchivedSite,
  releases: readonly { readonly version: number; readonly manifest: ArchivedDocument }[],
): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: releases.map(({ version, manifest }) => ({
      ...descriptor(MANIFEST, manifest),
      artifactType: RELEASE,
      annotations: { [REF_NAME]: formatVersion(version) },
    })),
    annotations: {
      [SITE]: site,
      [ENVIRONMENTS_NOTE]: JSON.stringify(environments),
      [PROTECTED]: String(isProtected),
    },
  });
}

const descriptor = (mediaType: string, { sha256, size }: ArchivedDocument) => ({
  mediaType,
  digest: `sha256:${sha256}`,
  size,
});

const named = (mediaType: string, content: ArchivedContent) => ({
  ...descriptor(mediaType, content),
  annotations: { [BLAKE3]: content.digest },
});

export const isLayout = (text: string): boolean => parseJsonObject(text)?.["imageLayoutVersion"] === "1.0.0";

export function parseArchiveIndex(text: string): Parsed<ArchivedSite & { readonly releases: ArchivedDocument[] }> {
  const index = parseJsonObject(text);
  const notes = objectOf(index?.["annotations"]);
  const site = notes?.[SITE];
  const environments = parseEnvironments(notes?.[ENVIRONMENTS_NOTE]);
  const releases = listOf(index?.["manifests"])?.map((value) => parseDescriptor(value, MANIFEST));
  if (typeof site !== "string" || !environments || !releases || releases.includes(undefined)) {
    return refused("its index.json is not that of an exported site");
  }
  const isProtected = notes?.[PROTECTED] === "true";
  return accepted({ site, environments, isProtected, releases: releases as ArchivedDocument[] });
}

export interface ArchivedRelease {
  readonly record: ArchivedDocument;
  readonly pod: ArchivedContent;
  readonly contents: readonly ArchivedContent[];
}

export function parseArchivedRelease(text: string): Parsed<ArchivedRelease> {
  const manifest = parseJsonObject(text);
  const record = parseDescriptor(manifest?.["config"], RELEASE);
  const [first, ...others] = listOf(manifest?.["layers"]) ?? [];
  const pod = parseNamed(first, POD);
  const contents = others.map((value) => parseNamed(value, CONTENT));
  if (!record || !pod || contents.includes(undefined)) return refused("a release in it has another form than ours");
  return accepted({ record, pod, contents: contents as ArchivedContent[] });
}

export function parseArchivedRecord(text: string): Parsed<ArchivedRecord> {
  const value = parseJsonObject(text);
  const { version, created_at, trigger, message, git } = value ?? {};
  const isRecord =
    isCount(version) &&
    typeof created_at === "string" &&
    ["cli", "api", "system"].includes(trigger as string) &&
    ["undefined", "string"].includes(typeof message);
  if (!isRecord) return refused("the record of a release in it cannot be read");
  const source = objectOf(git) as GitSource | undefined;
  return accepted({
    version,
    created_at,
    trigger: trigger as ArchivedRecord["trigger"],
    ...(typeof message === "string" ? { message } : {}),
    ...(source ? { git: source } : {}),
  });
}

function parseEnvironments(note: unknown): ArchivedEnvironments | undefined {
  const value = typeof note === "string" ? parseJsonObject(note) : undefined;
  if (!value) return undefined;
  const environments: ArchivedEnvironments = {};
  for (const environment of ENVIRONMENTS) {
    if (value[environment] === undefined) continue;
    const pointer = objectOf(value[environment]);
    if (!isCount(pointer?.["version"]) || typeof pointer["protected"] !== "boolean") return undefined;
    environments[environment] = { version: pointer["version"], protected: pointer["protected"] };
  }
  return environments;
}

function parseNamed(value: unknown, mediaType: string): ArchivedContent | undefined {
  const found = parseDescriptor(value, mediaType);
  const digest = parseDigest(objectOf(objectOf(value)?.["annotations"])?.[BLAKE3]);
  return found && digest ? { ...found, digest } : undefined;
}

function parseDescriptor(value: unknown, mediaType: string): ArchivedDocument | undefined {
  const { mediaType: type, digest, size } = objectOf(value) ?? {};
  if (type !== mediaType || typeof digest !== "string" || !SHA256.test(digest)) return undefined;
  if (!Number.isSafeInteger(size) || (size as number) < 0) return undefined;
  return { sha256: digest.slice("sha256:".length), size: size as number };
}

const objectOf = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;

const listOf = (value: unknown): unknown[] | undefined => (Array.isArray(value) ? value : undefined);
