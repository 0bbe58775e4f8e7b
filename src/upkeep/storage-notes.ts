import {
  ARRIVING_KEY,
  DOCUMENT_FOLDERS,
  formatStorageNote,
  MOVED_KEY,
  parseStorageNote,
  SitepodError,
  type StorageNote,
} from "#model";
import type { InspectedStore } from "#store";

type Documents = InspectedStore["documents"];

/** Throws SitepodError `conflict` where a storage was moved elsewhere, or has not wholly arrived: nobody may rely on it. */
export async function requireSettled(documents: Pick<Documents, "read">): Promise<void> {
  const moved = await readNote(documents, MOVED_KEY);
  if (moved) {
    throw new SitepodError(
      "conflict",
      `The contents of this storage were moved to ${moved.storage} at ${moved.at}. Set the options of storage to that ` +
        `place. To serve what was left here all the same, remove ${MOVED_KEY} from it.`,
    );
  }
  const arriving = await readNote(documents, ARRIVING_KEY);
  if (!arriving) return;
  throw new SitepodError(
    "conflict",
    `The contents of ${arriving.storage} have not wholly arrived in this storage. End that by sitepod server ` +
      "migrate-storage, with the options of storage set to where they come from.",
  );
}

/**
 * Makes a storage the destination of a move from `source`. It is empty, or what an earlier run left, or where the contents
 * had been before they were moved to `source`. Throws SitepodError `conflict` where it is another's.
 */
export async function beginArrival(documents: Documents, source: string, at: string): Promise<void> {
  const arriving = await readNote(documents, ARRIVING_KEY);
  const moved = await readNote(documents, MOVED_KEY);
  const origin = arriving ?? moved;
  if (origin && origin.storage !== source) {
    throw new SitepodError(
      "conflict",
      arriving
        ? `The contents of ${origin.storage} are arriving in that storage. Choose an empty one.`
        : `The contents of that storage were moved to ${origin.storage}. Choose an empty one.`,
    );
  }
  if (!origin) await requireEmpty(documents);
  if (!arriving) await writeNote(documents, ARRIVING_KEY, { storage: source, at });
  if (moved) await documents.remove(MOVED_KEY);
}

/** Says of a storage, for good, that its contents are elsewhere. Throws SitepodError `conflict` where they went elsewhere before. */
export async function markMoved(documents: Documents, destination: string, at: string): Promise<void> {
  if (!(await isMovedTo(documents, destination))) {
    await writeNote(documents, MOVED_KEY, { storage: destination, at });
  }
}

/** Whether a storage was moved to `destination`. Throws SitepodError `conflict` where it went elsewhere. */
export async function isMovedTo(documents: Documents, destination: string): Promise<boolean> {
  const moved = await readNote(documents, MOVED_KEY);
  if (moved && moved.storage !== destination) await requireSettled(documents);
  return moved !== undefined;
}

/** Whether contents are still coming to a storage: then nobody has served from it, or written to it. */
export const isArriving = async (documents: Documents): Promise<boolean> =>
  (await readNote(documents, ARRIVING_KEY)) !== undefined;

/** Makes a storage one to serve from. */
export const endArrival = async (documents: Documents): Promise<void> => void (await documents.remove(ARRIVING_KEY));

async function requireEmpty(documents: Documents): Promise<void> {
  for (const folder of [...DOCUMENT_FOLDERS, "backups"]) {
    for await (const key of documents.list(`${folder}/`)) {
      throw new SitepodError("conflict", `There is ${key} already in that storage. Move into an empty one.`);
    }
  }
}

async function writeNote(documents: Documents, key: string, note: StorageNote): Promise<void> {
  if (await documents.create(key, formatStorageNote(note))) return;
  throw new SitepodError("conflict", `Somebody else has just written ${key}. Try again in a moment.`);
}

/** Throws SitepodError `internal` where the note is damaged. */
async function readNote(documents: Pick<Documents, "read">, key: string): Promise<StorageNote | undefined> {
  const text = await documents.read(key);
  if (text === undefined) return undefined;
  const note = parseStorageNote(text);
  if (note) return note;
  throw new SitepodError("internal", `${key} in the server's storage is damaged. Look at it, and remove it.`);
}
