import { isLeftOut } from "./left-out.ts";

/** A file that is to be deployed, by its path in the pod. */
export interface FolderFile {
  readonly path: string;
  readonly file: File;
}

/** What a person dropped or chose. */
export interface Folder {
  /** The folder's name, empty where loose files were dropped. */
  readonly name: string;
  /** By path. */
  readonly files: readonly FolderFile[];
  /** How many files a deploy leaves out. */
  readonly leftOut: number;
}

/**
 * Reads what was dropped, folders to their last file. To be called while the event is handled: what was dropped is
 * forgotten after it.
 */
export function readDropped(transfer: DataTransfer): Promise<Folder> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return Promise.all(entries.map((entry) => readEntry(entry, ""))).then((files) => makeFolder(files.flat()));
}

/** Reads what was chosen by an input that takes a folder. */
export const readChosen = (files: FileList): Folder =>
  makeFolder([...files].map((file) => ({ path: file.webkitRelativePath || file.name, file })));

/** One folder alone is what is deployed: its own name is no part of the paths. */
export function makeFolder(dropped: readonly FolderFile[]): Folder {
  const [first = ""] = dropped[0]?.path.split("/") ?? [];
  const isOne = dropped.length > 0 && dropped.every(({ path }) => path.startsWith(`${first}/`));
  const inside = isOne ? dropped.map(({ path, file }) => ({ path: path.slice(first.length + 1), file })) : dropped;
  const files = inside.filter(({ path }) => !isLeftOut(path)).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return { name: isOne ? first : "", files, leftOut: inside.length - files.length };
}

async function readEntry(entry: FileSystemEntry, parent: string): Promise<FolderFile[]> {
  const path = parent + entry.name;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ path, file }];
  }
  const children = await readChildren((entry as FileSystemDirectoryEntry).createReader());
  return (await Promise.all(children.map((child) => readEntry(child, `${path}/`)))).flat();
}

/** A reader gives a hundred at a time, and none at the end. */
async function readChildren(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const children: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return children;
    children.push(...some);
  }
}
