import { type Digest, parseDigest } from "./digest.ts";
import { isCount, parseJsonObject } from "./ref.ts";

/** Where a release's content came from in Git, as far as the client told. */
export interface GitSource {
  readonly commit?: string | undefined;
  readonly branch?: string | undefined;
  readonly message?: string | undefined;
  /** When the commit was made; ISO 8601. */
  readonly time?: string | undefined;
}

/**
 * The record of one release: content, who, when, why. Written once and never changed; with the refs it is enough to
 * rebuild who serves what when the database is lost.
 */
export interface ReleaseRecord {
  readonly version: number;
  readonly site: string;
  readonly site_id: string;
  readonly workspace_id: string;
  readonly image: string;
  readonly manifest: Digest;
  readonly files_count: number;
  /** Bytes. */
  readonly total_size: number;
  /** ISO 8601. */
  readonly created_at: string;
  /** The user's id, or "system". */
  readonly created_by: string;
  readonly trigger: "cli" | "api" | "system";
  /** The id of the upload that became it: the same commit sent again finds it by that. */
  readonly upload?: string;
  readonly message?: string;
  readonly git?: GitSource;
}

export const formatReleaseRecord = (record: ReleaseRecord): string => `${JSON.stringify(record)}\n`;

/** Reads a release record's file. Undefined where the text is not one. */
export function parseReleaseRecord(text: string): ReleaseRecord | undefined {
  const value = parseJsonObject(text);
  if (!value) return undefined;
  const strings = ["site", "site_id", "workspace_id", "image", "created_at", "created_by", "trigger"] as const;
  if (!strings.every((key) => typeof value[key] === "string")) return undefined;
  if (!isCount(value["version"]) || !parseDigest(value["manifest"])) return undefined;
  if (!Number.isSafeInteger(value["files_count"]) || !Number.isSafeInteger(value["total_size"])) return undefined;
  return value as unknown as ReleaseRecord;
}

/**
 * The id of a site's image: it follows from the site and the content, so the same content in the same site is the same
 * image, and one site's id tells nothing of another's.
 */
export function imageId(siteId: string, manifest: Digest, hash: (bytes: Uint8Array) => Digest): string {
  return `img_${hash(new TextEncoder().encode(`image\n${siteId}\n${manifest}`)).slice(0, 24)}`;
}
