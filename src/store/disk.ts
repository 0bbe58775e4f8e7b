import { mkdir, readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DiskBlobs } from "./disk-blobs.ts";
import { DiskDocuments } from "./disk-documents.ts";
import { DiskEncodings } from "./disk-encodings.ts";
import { DiskUploads } from "./disk-uploads.ts";
import { makeDurable, makeFolder } from "./durable-files.ts";
import type { Store } from "./ports.ts";
import { Scratch } from "./scratch.ts";

/** Opens the store in `folder`, which is made where there is none. One process writes to it; others may read. */
export async function openDiskStore(folder: string): Promise<Store> {
  const root = resolve(folder);
  await makeFolder(join(root, "tmp"));
  await makeFolder(join(root, "packs"));
  await makeBlobFolders(join(root, "blobs"));
  const scratch = new Scratch(join(root, "tmp"));
  const blobs = new DiskBlobs(root, scratch);
  await blobs.findPacks();
  const uploads = new DiskUploads(root, scratch, blobs);
  await scratch.removeAbandoned(Date.now());
  await uploads.removeUnsynced(await readBootId(), Date.now());
  return {
    documents: new DiskDocuments(root, scratch),
    blobs,
    encodings: new DiskEncodings(root, scratch),
    uploads,
    settle: () => blobs.settle(),
    check: () => scratch.write("check", { sync: true }, async (path) => void (await readFile(path))),
    checkReadable: () => checkReadable(root),
  };
}

/** What of a store another process than its server may use: nothing is made or removed by opening it. */
export type InspectedStore = Pick<Store, "documents" | "blobs" | "encodings" | "checkReadable">;

/** Opens the store in a folder as it lies there, for looking at one that a server may be using. */
export function inspectDiskStore(folder: string): InspectedStore {
  const root = resolve(folder);
  const scratch = new Scratch(join(root, "tmp"));
  return {
    documents: new DiskDocuments(root, scratch),
    blobs: new DiskBlobs(root, scratch),
    encodings: new DiskEncodings(root, scratch),
    checkReadable: () => checkReadable(root),
  };
}

/** A document that is not there tells nothing: a disk that was unmounted has none either. */
const checkReadable = async (root: string): Promise<void> => void (await readdir(join(root, "blobs")));

async function makeBlobFolders(blobs: string): Promise<void> {
  await makeFolder(blobs);
  const names = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
  await Promise.all(names.map((name) => mkdir(join(blobs, name), { recursive: true })));
  await makeDurable([blobs]);
}

/** Returns what Linux names this start of the machine, in containers that of their host; undefined elsewhere. */
async function readBootId(): Promise<string | undefined> {
  return await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => undefined);
}
