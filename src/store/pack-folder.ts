import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "#model";
import { readNames } from "./files.ts";
import { KeyedLock } from "./keyed-lock.ts";
import { PACK_HEADER_BYTES, type PackedContent, PackIndex, packIndexBytes } from "./pack.ts";
import { type Pack, type PackPlace, PackPlaces } from "./pack-places.ts";

export const PACK_SUFFIX = ".pack";

/** The packs that lie in one folder. Another process may add and remove some: what is read of one is read once. */
export class PackFolder {
  readonly #folder: string;
  readonly #packs = new Map<string, Pack>();
  readonly #places = new PackPlaces();
  readonly #lock = new KeyedLock();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Looks at the folder, and returns its packs. */
  list(): Promise<Pack[]> {
    // One look after another: an older one would bring back what a later one no longer found.
    return this.#lock.run("look", () => this.#look());
  }

  async #look(): Promise<Pack[]> {
    // What is added while this looks may have come too late to be seen: it is not gone.
    const known = [...this.#packs.values()];
    const packs = new Map<string, Pack>();
    for (const name of await readNames(this.#folder)) {
      if (!name.endsWith(PACK_SUFFIX)) continue;
      const pack = this.#packs.get(name) ?? (await openPack(this.#folder, name));
      if (pack) packs.set(name, pack);
    }
    const gone = known.filter((pack) => !packs.has(pack.name) && this.#packs.get(pack.name) === pack);
    for (const { name } of gone) this.#packs.delete(name);
    this.#places.remove(gone);
    for (const pack of packs.values()) this.#note(pack);
    return [...packs.values()];
  }

  /** Notes a pack that was just put into the folder, under its name there, whose index is known. */
  add(name: string, index: PackIndex): void {
    this.#note({ name, path: join(this.#folder, name), index });
  }

  #note(pack: Pack): void {
    if (this.#packs.has(pack.name)) return;
    this.#packs.set(pack.name, pack);
    this.#places.add(pack);
  }

  /** Finds the pack that has a content, among those that were there when somebody last looked. */
  find(digest: Digest): PackPlace | undefined {
    return this.#places.find(digest);
  }
}

/** Returns undefined where the pack is gone by now, or is none. */
async function openPack(folder: string, name: string): Promise<Pack | undefined> {
  const path = join(folder, name);
  try {
    await using file = await open(path, "r");
    const { buffer } = await file.read(new Uint8Array(PACK_HEADER_BYTES), 0, PACK_HEADER_BYTES, 0);
    const length = packIndexBytes(buffer);
    if (length === undefined) return undefined;
    const { buffer: index } = await file.read(new Uint8Array(length), 0, length, 0);
    return { name, path, index: new PackIndex(index) };
  } catch {
    return undefined;
  }
}

/** Reads the bytes of the whole pack. */
export const readPack = (pack: Pack): Promise<Buffer<ArrayBuffer>> => readFile(pack.path);

/** Reads one content of a pack. */
export async function readPacked(pack: Pack, { offset, size }: PackedContent): Promise<Uint8Array<ArrayBuffer>> {
  await using file = await open(pack.path, "r");
  const { buffer } = await file.read(new Uint8Array(size), 0, size, offset);
  return buffer;
}
