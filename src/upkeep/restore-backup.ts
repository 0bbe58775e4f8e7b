import { type Digest, SitepodError } from "#model";
import { inParallel, type InspectedStore } from "#store";
import type { BackupRecord } from "./backup-record.ts";
import { copyBlob, isWhole } from "./copy-blob.ts";
import type { ShowProgress } from "./damage.ts";
import { SESSION_KEY } from "./make-backup.ts";
import { findNamedContents } from "./named-contents.ts";
import { readBackupTexts, readPiece } from "./open-backup.ts";

/** On a disk, what is written at once is synced at once. */
const BLOBS_AT_ONCE = 64;

export interface RestoreTools {
  readonly place: InspectedStore;
  readonly record: BackupRecord;
  /** Empty, or what an earlier restore of the same backup left. */
  readonly store: InspectedStore;
  readonly show: ShowProgress;
}

export interface Restored {
  readonly database: Uint8Array<ArrayBuffer>;
  readonly sessionKey: string | undefined;
  /** The contents that are there now. */
  readonly digests: ReadonlySet<Digest>;
}

/**
 * Copies a backup's contents and then its documents into a store, each verified, and returns what does not lie in a
 * store. Doing it again goes on where it was cut off. Throws SitepodError `unavailable` where the backup is damaged.
 */
export async function restoreBackup({ place, record, store, show }: RestoreTools): Promise<Restored> {
  const texts = await readBackupTexts(place, record);
  const database = await readPiece(place, record.database);
  const { sizes } = await findNamedContents(texts, place.blobs);
  const known = new Set(record.damaged);
  const digests = new Set<Digest>();
  const present = new Map<Digest, number>();
  for await (const blob of store.blobs.list()) present.set(blob.digest, blob.size);
  const lost: Digest[] = [];
  let files = 0;
  await inParallel(sizes, BLOBS_AT_ONCE, async ([digest, size]) => {
    const isThere = present.get(digest) === size && (await isWhole(store.blobs, digest));
    if (isThere || (await copyBlob(place.blobs, store.blobs, digest)) !== undefined) digests.add(digest);
    else if (!known.has(digest)) lost.push(digest);
    show({ label: "Restoring", files: ++files, allFiles: sizes.size, bytes: 0, allBytes: 0 });
  });
  if (lost.length > 0) {
    throw new SitepodError(
      "unavailable",
      `This backup is damaged: ${lost.length} of its contents are missing or are not what they were, ${lost[0]} for ` +
        "one. Take another backup.",
    );
  }
  for (const [key, text] of texts) {
    if (key !== SESSION_KEY) await writeDocument(store, key, text);
  }
  return { database, sessionKey: texts.get(SESSION_KEY), digests };
}

/** Returns what does not lie in a store, for one that has its contents and documents already. */
export async function restoreRecords({ place, record, store }: Omit<RestoreTools, "show">): Promise<Restored> {
  const texts = await readBackupTexts(place, record);
  const database = await readPiece(place, record.database);
  const digests = new Set<Digest>();
  for await (const blob of store.blobs.list()) digests.add(blob.digest);
  return { database, sessionKey: texts.get(SESSION_KEY), digests };
}

async function writeDocument({ documents }: InspectedStore, key: string, text: string): Promise<void> {
  if (await documents.create(key, text)) return;
  const there = await documents.read(key);
  if (there === text || (there !== undefined && (await documents.replace(key, there, text)))) return;
  throw new SitepodError("conflict", `Somebody else writes ${key} into this storage. Restore into an empty one.`);
}
