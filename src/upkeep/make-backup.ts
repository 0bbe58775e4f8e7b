import { blobKey, type Digest, SitepodError } from "#model";
import { findLeases, hashBytes, holdLease, inParallel, type InspectedStore } from "#store";
import { backupId, backupKey, type BackupRecord, formatBackupRecord, type Piece } from "./backup-record.ts";
import { requireBackupPlace } from "./backup-place.ts";
import { copyBlob, isWhole, writeBlob } from "./copy-blob.ts";
import type { ShowProgress } from "./damage.ts";
import { findNamedContents } from "./named-contents.ts";
import { formatTexts } from "./pack.ts";
import { takeSnapshot } from "./snapshot.ts";

export const SESSION_KEY = "session.key";
export const TIDYING = "tidying of backups";
/** On a disk, what is written at once is synced at once. */
const BLOBS_AT_ONCE = 64;

export interface BackupTools {
  readonly store: InspectedStore;
  /** Where the backups are: a store of their own. */
  readonly place: InspectedStore;
  /** Copies the database as it is at one moment, and returns its bytes once they were found whole. */
  readonly copyDatabase: () => Promise<Uint8Array<ArrayBuffer>>;
  readonly sessionKey: string | undefined;
  /** Of the software. */
  readonly version: string;
  readonly nowMs: () => number;
  /** Whether contents that earlier backups brought are read again too. */
  readonly verifiesAll: boolean;
  readonly show: ShowProgress;
}

export interface BackupResult {
  readonly record: BackupRecord;
  /** Those that were not in the place yet, or not whole. */
  readonly copied: number;
  /** Of those that were copied. */
  readonly copiedBytes: number;
  /** Of those that could not be backed up, what the machine does not let be read: a sentence each, without its full stop. */
  readonly unreadable: readonly string[];
}

/**
 * Makes a backup of a store that a server may be using: documents and database first, then the contents that they name,
 * which nothing removes meanwhile. Its record is written last, when everything was read back.
 */
export async function makeBackup(tools: BackupTools): Promise<BackupResult> {
  const { store, place, nowMs, show } = tools;
  await requireBackupPlace(place);
  const id = backupId(nowMs());
  const lease = { purpose: "backup", id: `backup-${id}`, nowMs };
  await using ours = await holdLease(place.documents, lease);
  if ((await findLeases(place.documents, tools)).some(({ purpose }) => purpose === TIDYING)) {
    throw new SitepodError("conflict", "Old backups are being removed from this place. Try again in a moment.");
  }
  await using held = await holdLease(store.documents, lease);
  const createdAt = new Date(nowMs()).toISOString();
  const { texts, database } = await takeSnapshot(store.documents, tools.copyDatabase);
  const unreadable = new Map<Digest, string>();
  const tell = (digest: Digest, problem: string) => unreadable.set(digest, `${blobKey(digest)} ${problem}`);
  const named = await findNamedContents(texts, store.blobs, tell);
  const present = new Map<Digest, number>();
  for await (const { digest, size } of place.blobs.list()) present.set(digest, size);

  const damaged = new Set(named.unreadable);
  const done = { files: 0, bytes: 0, copied: 0, copiedBytes: 0 };
  const allBytes = [...named.sizes.values()].reduce<number>((total, size = 0) => total + size, 0);
  await inParallel(named.sizes, BLOBS_AT_ONCE, async ([digest, size]) => {
    const isThere = size !== undefined && present.get(digest) === size;
    if (!(isThere && (!tools.verifiesAll || (await isWhole(place.blobs, digest))))) {
      const copied = await copyBlob(store.blobs, place.blobs, digest, (problem) => tell(digest, problem));
      if (copied === undefined) damaged.add(digest);
      else [done.copied, done.copiedBytes] = [done.copied + 1, done.copiedBytes + copied];
    }
    [done.files, done.bytes] = [done.files + 1, done.bytes + (size ?? 0)];
    show({ label: "Backing up", files: done.files, allFiles: named.sizes.size, bytes: done.bytes, allBytes });
  });

  const all = new Map(texts);
  if (tools.sessionKey !== undefined) all.set(SESSION_KEY, tools.sessionKey);
  const record: BackupRecord = {
    format: 1,
    id,
    created_at: createdAt,
    version: tools.version,
    database: await writePiece(place, database),
    documents: await writePiece(place, formatTexts(all)),
    sites: countBelow(all, "sites/"),
    releases: countBelow(all, "releases/"),
    blobs: named.sizes.size - damaged.size,
    bytes: allBytes,
    damaged: [...damaged].toSorted(),
  };
  held.requireHeld();
  ours.requireHeld();
  await writeRecord(place, record);
  const { copied, copiedBytes } = done;
  return { record, copied, copiedBytes, unreadable: [...unreadable.values()].toSorted() };
}

async function writePiece(place: InspectedStore, bytes: Uint8Array<ArrayBuffer>): Promise<Piece> {
  const digest = hashBytes(bytes);
  await writeBlob(place.blobs, digest, bytes);
  return { digest, size: bytes.length };
}

async function writeRecord({ documents }: InspectedStore, record: BackupRecord): Promise<void> {
  const [key, text] = [backupKey(record.id), formatBackupRecord(record)];
  if ((await documents.create(key, text)) && (await documents.read(key)) === text) return;
  throw new SitepodError("unavailable", `The record ${key} could not be written to the other place. Try again.`);
}

const countBelow = (texts: ReadonlyMap<string, string>, folder: string): number =>
  [...texts.keys()].filter((key) => key.startsWith(folder)).length;
