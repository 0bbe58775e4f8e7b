import { SitepodError } from "#model";
import { hashBytes, type InspectedStore } from "#store";
import type { BackupRecord, Piece } from "./backup-record.ts";
import { parseTexts } from "./pack.ts";
import type { Texts } from "./snapshot.ts";
import { collectBody } from "./stored-bytes.ts";

/** Reads a backup's documents. Throws SitepodError `unavailable` where they are damaged. */
export async function readBackupTexts(place: InspectedStore, record: BackupRecord): Promise<Texts> {
  return parseTexts(await readPiece(place, record.documents));
}

/** Reads a piece of a backup, verified. Throws SitepodError `unavailable` where it is damaged. */
export async function readPiece({ blobs }: InspectedStore, { digest }: Piece): Promise<Uint8Array<ArrayBuffer>> {
  const stored = await blobs.read(digest);
  const bytes = stored && (await collectBody(stored.body));
  if (bytes && hashBytes(bytes) === digest) return bytes;
  throw new SitepodError("unavailable", `This backup is damaged: ${digest} is not what it was. Take another backup.`);
}
