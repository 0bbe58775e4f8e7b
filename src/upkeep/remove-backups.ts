import type { Digest } from "#model";
import { findLeases, holdLease, type InspectedStore } from "#store";
import { requireBackupPlace } from "./backup-place.ts";
import { backupKey, listBackups } from "./backup-record.ts";
import { TIDYING } from "./make-backup.ts";
import { findNamedContents } from "./named-contents.ts";
import { readBackupTexts } from "./open-backup.ts";

export interface RemovedBackups {
  readonly backups: readonly string[];
  readonly blobs: number;
  readonly freedBytes: number;
}

/**
 * Removes all but the newest backups of a place, and the contents that no other names. Returns undefined, and removes
 * nothing, where a backup is being made there.
 */
export async function removeOldBackups(
  place: InspectedStore,
  keep: number,
  nowMs: () => number,
): Promise<RemovedBackups | undefined> {
  await requireBackupPlace(place);
  const id = `tidying-${new Date(nowMs()).toISOString().toLowerCase().replaceAll(/[:.]/g, "-")}`;
  await using held = await holdLease(place.documents, { purpose: TIDYING, id, nowMs });
  if ((await findLeases(place.documents, { nowMs })).some((other) => other.id !== id)) return undefined;
  const records = await listBackups(place.documents);
  const [kept, old] = [records.slice(0, keep), records.slice(keep)];
  const named = new Set<Digest>();
  for (const record of kept) {
    for (const piece of [record.database, record.documents]) named.add(piece.digest);
    const { sizes } = await findNamedContents(await readBackupTexts(place, record), place.blobs);
    for (const digest of sizes.keys()) named.add(digest);
  }
  for (const record of old) await place.documents.remove(backupKey(record.id));
  let [blobs, freedBytes] = [0, 0];
  for await (const { digest, size } of place.blobs.list()) {
    if (named.has(digest)) continue;
    held.requireHeld();
    if (await place.blobs.remove(digest)) [blobs, freedBytes] = [blobs + 1, freedBytes + size];
  }
  return { backups: old.map((record) => record.id), blobs, freedBytes };
}
