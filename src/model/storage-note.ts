import { parseJsonObject } from "./ref.ts";

/** In a storage whose contents went elsewhere: whoever serves or writes from here would do so from what is old. */
export const MOVED_KEY = "storage/moved.json";
/** In a storage whose contents are still coming from elsewhere: not all is here yet. */
export const ARRIVING_KEY = "storage/arriving.json";

/** Names the other storage of a move. */
export interface StorageNote {
  /** Where it is, for people and to tell it from others: `s3://bucket at https://…`, or a folder. */
  readonly storage: string;
  /** ISO 8601. */
  readonly at: string;
}

export const formatStorageNote = (note: StorageNote): string => `${JSON.stringify(note)}\n`;

/** Reads a note's file. Undefined where the text is not one. */
export function parseStorageNote(text: string): StorageNote | undefined {
  const value = parseJsonObject(text);
  return typeof value?.["storage"] === "string" && typeof value["at"] === "string"
    ? (value as unknown as StorageNote)
    : undefined;
}
