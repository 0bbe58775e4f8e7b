import { type Access, parseAccess } from "./access.ts";
import { type Digest, parseDigest } from "./digest.ts";
import { isCount, parseJsonObject } from "./ref.ts";

/** A temporary pointer: served until it expires, 410 after. */
export interface Preview {
  readonly site: string;
  readonly slug: string;
  readonly release: number;
  readonly image: string;
  readonly manifest: Digest;
  /** ISO 8601. */
  readonly created_at: string;
  /** ISO 8601. */
  readonly expires_at: string;
  /** Who may see it. Absent: everybody who knows its address. */
  readonly access?: Access;
}

export const formatPreview = (preview: Preview): string => `${JSON.stringify(preview)}\n`;

/** Reads a preview's file. Undefined where the text is not one. */
export function parsePreview(text: string): Preview | undefined {
  const value = parseJsonObject(text);
  if (!value || !isCount(value["release"]) || !parseDigest(value["manifest"])) return undefined;
  if (value["access"] !== undefined && !parseAccess(value["access"])) return undefined;
  const strings = ["site", "slug", "image", "created_at", "expires_at"] as const;
  return strings.every((key) => typeof value[key] === "string") ? (value as unknown as Preview) : undefined;
}

/** How long a preview lives unless the deploy says otherwise. */
export const DEFAULT_PREVIEW_TTL_S = 24 * 60 * 60;
export const MIN_PREVIEW_TTL_S = 60;
export const MAX_PREVIEW_TTL_S = 90 * 24 * 60 * 60;
