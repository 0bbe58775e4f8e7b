import type { Digest, Retention } from "#model";

export interface KeptRelease {
  readonly version: number;
  readonly manifest: Digest;
  /** ISO 8601. */
  readonly created_at: string;
}

/** What is relied on, whatever the rules of retention say. */
export interface Pinned {
  /** What environments and previews show. */
  readonly versions: ReadonlySet<number>;
  /** Pods whose hashed assets still answer. */
  readonly manifests: ReadonlySet<Digest>;
  /** Releases that an environment has served. Another that is young may be about to be. */
  readonly served: ReadonlySet<number>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** A release that was never served is kept so long: the deploy that made it may not have come to that yet. */
export const UNSERVED_KEPT_MS = 60 * 60 * 1000;

/** Lists the releases that the rules alone would have removed, oldest first. The newest is none of them. */
export function findOld<R extends KeptRelease>(releases: readonly R[], retention: Retention, nowMs: number): R[] {
  const { releases: count, days } = retention;
  if (count === null && days === null) return [];
  const newestFirst = releases.toSorted((a, b) => b.version - a.version);
  const keptSinceMs = days === null ? Infinity : nowMs - days * DAY_MS;
  return newestFirst
    .slice(Math.max(count ?? 0, 1))
    .filter(({ created_at }) => Date.parse(created_at) < keptSinceMs)
    .toReversed();
}

/** Whether an old release may go. */
export function mayGo({ version, manifest, created_at }: KeptRelease, pinned: Pinned, nowMs: number): boolean {
  if (pinned.versions.has(version) || pinned.manifests.has(manifest)) return false;
  return pinned.served.has(version) || Date.parse(created_at) < nowMs - UNSERVED_KEPT_MS;
}
