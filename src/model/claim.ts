import { type Access, parseAccess } from "./access.ts";
import { isCount, parseJsonObject } from "./ref.ts";
import { parseRetention, type Retention } from "./retention.ts";

/**
 * Who holds a label (a site's subdomain). Creating its file once is what makes names unique; after a rename the old
 * label's claim stays and says where the site went.
 */
export interface Claim {
  readonly label: string;
  readonly site: string;
  readonly site_id: string;
  readonly workspace_id: string;
  /** ISO 8601. */
  readonly created_at: string;
  readonly moved_to?: string;
  /** Who may see the permanent addresses of the releases. There as long as anything of the site is protected. */
  readonly access?: Access;
  /** How long its releases are kept. Absent: as the server says. */
  readonly retention?: Retention;
  /** Of its releases, the last that retention removed: one up to here whose record is not there was one. */
  readonly removed_to?: number;
  /** Since when its site is in the bin, ISO 8601: all of it is there, and nothing of it is served. */
  readonly deleted_at?: string;
}

export const formatClaim = (claim: Claim): string => `${JSON.stringify(claim)}\n`;

/** Reads a claim's file. Undefined where the text is not one. */
export function parseClaim(text: string): Claim | undefined {
  const value = parseJsonObject(text);
  if (!value) return undefined;
  const strings = ["label", "site", "site_id", "workspace_id", "created_at"] as const;
  if (!strings.every((key) => typeof value[key] === "string")) return undefined;
  if (value["access"] !== undefined && !parseAccess(value["access"])) return undefined;
  if (value["retention"] !== undefined && !parseRetention(value["retention"])) return undefined;
  if (value["removed_to"] !== undefined && !isCount(value["removed_to"])) return undefined;
  const optional = ["moved_to", "deleted_at"] as const;
  return optional.every((key) => value[key] === undefined || typeof value[key] === "string")
    ? (value as unknown as Claim)
    : undefined;
}

/** Whether a release whose record is not there was removed by retention, rather than lost. */
export const wasRemovedByRetention = ({ removed_to }: Claim, version: number): boolean => version <= (removed_to ?? 0);

/** Says how long its releases are kept; undefined: as the server says. */
export function withRetention(claim: Claim, retention: Retention | undefined): Claim {
  const { retention: _, ...rest } = claim;
  return retention === undefined ? rest : { ...rest, retention };
}

/** Says since when its site is in the bin; undefined: it is not. */
export function withDeletion(claim: Claim, deletedAt: string | undefined): Claim {
  const { deleted_at: _, ...rest } = claim;
  return deletedAt === undefined ? rest : { ...rest, deleted_at: deletedAt };
}
