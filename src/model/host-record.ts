import { type Mount, parseMount } from "./mount.ts";
import { parseJsonObject } from "./ref.ts";

/** A custom domain that is verified: where its name leads. The edge follows it without the database. */
export interface HostRecord {
  /** `example.com`, or `*.example.com` for every name of one more label. */
  readonly hostname: string;
  /** What the owner's DNS proves the domain by. It is public, and kept here so that a new database can look again. */
  readonly token: string;
  /** ISO 8601. */
  readonly verified_at: string;
  /** No two have the same path. */
  readonly mounts: readonly Mount[];
  /** Everything asked of this host is to be asked of that one. */
  readonly redirect_to?: string;
}

export const formatHostRecord = (record: HostRecord): string => `${JSON.stringify(record)}\n`;

/** Reads a host's file. Undefined where the text is not one. */
export function parseHostRecord(text: string): HostRecord | undefined {
  const value = parseJsonObject(text);
  if (!value) return undefined;
  const { hostname, token, verified_at, redirect_to } = value;
  if (typeof hostname !== "string" || typeof token !== "string" || typeof verified_at !== "string") return undefined;
  if (redirect_to !== undefined && typeof redirect_to !== "string") return undefined;
  const mounts = Array.isArray(value["mounts"]) ? value["mounts"].map(parseMount) : [undefined];
  if (mounts.includes(undefined) || new Set(mounts.map((mount) => mount?.path)).size < mounts.length) return undefined;
  return {
    hostname,
    token,
    verified_at,
    mounts: mounts as Mount[],
    ...(redirect_to === undefined ? {} : { redirect_to }),
  };
}

/** The wildcard that covers a host name: `*.example.com` for `a.example.com`. Undefined where none may. */
export function wildcardOf(hostname: string): string | undefined {
  const parent = hostname.slice(hostname.indexOf(".") + 1);
  return parent.includes(".") && parent !== hostname ? `*.${parent}` : undefined;
}
