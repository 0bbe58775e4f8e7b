import { type Digest, parseDigest, parseJsonObject, SitepodError } from "#model";
import type { Documents } from "#store";

/** A content of a backup: by its name among the blobs of the place. */
export interface Piece {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/**
 * What a backup ends with: written when all that it names was read back from where it was copied to. Without it there is
 * no backup, only contents that the next one need not copy.
 */
export interface BackupRecord {
  readonly format: 1;
  readonly id: string;
  /** ISO 8601; when the documents were read. */
  readonly created_at: string;
  /** Of the software. */
  readonly version: string;
  readonly database: Piece;
  /** All documents, as `formatTexts` writes them; among them, by its file's name, the key of sessions. */
  readonly documents: Piece;
  readonly sites: number;
  readonly releases: number;
  /** Contents, manifests included. */
  readonly blobs: number;
  /** Of blobs. */
  readonly bytes: number;
  /** Those that the store had lost, or had with another content. */
  readonly damaged: readonly Digest[];
}

export const BACKUP_FOLDER = "backups/";
export const backupKey = (id: string): string => `${BACKUP_FOLDER}${id}.json`;

/** Backups sort by their names as by their times: `2026-01-31t12-00-00-000z`. */
export const backupId = (ms: number): string => new Date(ms).toISOString().toLowerCase().replaceAll(/[:.]/g, "-");

export const formatBackupRecord = (record: BackupRecord): string => `${JSON.stringify(record)}\n`;

export function parseBackupRecord(text: string): BackupRecord | undefined {
  const value = parseJsonObject(text);
  if (value?.["format"] !== 1 || typeof value["id"] !== "string" || typeof value["created_at"] !== "string") {
    return undefined;
  }
  const pieces = [value["database"], value["documents"]] as ({ digest?: unknown; size?: unknown } | undefined)[];
  if (!pieces.every((piece) => parseDigest(piece?.digest) && Number.isSafeInteger(piece?.size))) return undefined;
  return Array.isArray(value["damaged"]) ? (value as unknown as BackupRecord) : undefined;
}

/** Lists the backups in a place, the newest first. One whose record cannot be read is none. */
export async function listBackups(documents: Documents): Promise<BackupRecord[]> {
  const records: BackupRecord[] = [];
  for await (const key of documents.list(BACKUP_FOLDER)) {
    const record = parseBackupRecord((await documents.read(key)) ?? "");
    if (record && backupKey(record.id) === key) records.push(record);
  }
  return records.toSorted((a, b) => (a.id < b.id ? 1 : -1));
}

/** Finds a backup by its id, or the newest. Throws SitepodError `not_found`. */
export async function findBackup(documents: Documents, id?: string): Promise<BackupRecord> {
  const records = await listBackups(documents);
  const record = id === undefined ? records[0] : records.find((other) => other.id === id);
  if (record) return record;
  const which = id === undefined ? "no backup that was completed" : `no completed backup ${JSON.stringify(id)}`;
  throw new SitepodError("not_found", `There is ${which} in this place. List them with sitepod server backups.`);
}
