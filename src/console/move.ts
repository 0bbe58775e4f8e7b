import { type Environment, parseVersion } from "#model";
import type { Api } from "#wire";

/** The move of an environment's pointer that a person is asked to confirm. `pointerVersion` is 0 where it has none. */
export interface Move {
  environment: Environment;
  from: string | null;
  to: string;
  pointerVersion: number;
}

/** Going to an older release is a rollback, everything else a release. */
export const isRollback = (move: Move): boolean => move.from !== null && isOlder(move.to, move.from);

/** The release to offer for a rollback: the newest one before `served` that this environment has served. */
export function findRollbackTarget(served: string, log: readonly Api.HistoryItem[]): string | undefined {
  const kept = log.filter(({ removed_at }) => !removed_at).map((item) => item.version);
  const older = kept.filter((version) => isOlder(version, served));
  return older.reduce<string | undefined>(
    (newest, version) => (newest === undefined || isOlder(newest, version) ? version : newest),
    undefined,
  );
}

/** The release to offer for promotion: the one on beta, where prod serves an older one or none. */
export function findPromotable(prod: string | undefined, beta: string | undefined): string | undefined {
  if (beta === undefined) return undefined;
  return prod === undefined || isOlder(prod, beta) ? beta : undefined;
}

function isOlder(version: string, other: string): boolean {
  return (parseVersion(version) ?? 0) < (parseVersion(other) ?? 0);
}
