import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { blobKey, type Digest, parseDigest, quarantineKey, SitepodError } from "#model";
import { makeDurable, makeFolder } from "./durable-files.ts";
import { DurablePlacement } from "./durable-placement.ts";
import { findBytes, findFile, isMissing, readFolder, readStored, removeFile } from "./files.ts";
import { inParallel } from "./in-parallel.ts";
import { KeyedLock } from "./keyed-lock.ts";
import { checkDigest, isWithin } from "./keys.ts";
import type { PackIndex } from "./pack.ts";
import { PackFolder, readPack, readPacked } from "./pack-folder.ts";
import type { Pack } from "./pack-places.ts";
import type { Blobs, DigestRange, Stored, StoredBlob } from "./ports.ts";
import type { Scratch } from "./scratch.ts";
import { type Chunks, verifiedBody } from "./verified-body.ts";

const PARALLEL_FILES = 32;

/**
 * Blobs as files, in 256 folders by the first two digits of their digest. What a commit made durable in one piece lies in
 * a pack at first: it is found there, until `settle` gives each content its file.
 */
export class DiskBlobs implements Blobs {
  readonly #folder: string;
  readonly #scratch: Scratch;
  readonly #packs: PackFolder;
  readonly #lock = new KeyedLock();
  readonly #placement = new DurablePlacement();

  constructor(folder: string, scratch: Scratch) {
    this.#folder = folder;
    this.#scratch = scratch;
    this.#packs = new PackFolder(this.packs);
  }

  /** Where commits put packs. */
  get packs(): string {
    return join(this.#folder, "packs");
  }

  async has(digest: Digest): Promise<boolean> {
    return (await this.size(digest)) !== undefined;
  }

  async size(digest: Digest): Promise<number | undefined> {
    const packed = this.#packs.find(checkDigest(digest));
    if (packed) return packed.content.size;
    const file = await findFile(this.path(digest));
    return file ? file.size : (await this.#findPacked(digest))?.content.size;
  }

  async open(digest: Digest): Promise<Blob> {
    const path = this.path(digest);
    if (!this.#packs.find(digest) && existsSync(path)) return Bun.file(path);
    const bytes = await this.bytes(digest);
    if (bytes) return new Blob([bytes as Uint8Array<ArrayBuffer>]);
    throw new SitepodError("not_found", `Blob ${digest} is not stored`);
  }

  async bytes(digest: Digest): Promise<Uint8Array | undefined> {
    // What is found in a pack may have got its file by the time the pack is read, and the pack be gone.
    return (
      (await this.#packedBytes(digest)) ??
      (await findBytes(this.path(digest))) ??
      (await this.#packedBytes(digest, true))
    );
  }

  async *list(range?: DigestRange): AsyncIterable<StoredBlob> {
    const packed = await this.#listPacked();
    const folders = (await readFolder(join(this.#folder, "blobs"))).map(({ name }) => name);
    for (const digits of [...new Set([...folders, ...packed.keys()])].toSorted()) {
      if (!isWithin(digits, range)) continue;
      const listed = new Set<Digest>();
      for (const blob of packed.get(digits) ?? []) {
        // One that has got its file meanwhile is among the files.
        if (existsSync(this.path(blob.digest)) || listed.has(blob.digest)) continue;
        listed.add(blob.digest);
        yield blob;
      }
      for (const entry of await readFolder(join(this.#folder, "blobs", digits))) {
        const digest = parseDigest(entry.name);
        const file = digest && !listed.has(digest) && (await findFile(this.path(digest)));
        // The file keeps the time of its upload; its inode has that of the rename, when it became a blob.
        if (file) yield { digest, size: file.size, modifiedMs: file.ctimeMs };
      }
    }
  }

  /** Returns what lies in packs by the first two digits of its digest. */
  async #listPacked(): Promise<Map<string, StoredBlob[]>> {
    const packed = new Map<string, StoredBlob[]>();
    for (const pack of await this.#packs.list()) {
      const file = await findFile(pack.path);
      for (const [digest, { size }] of file ? pack.index : []) {
        const digits = digest.slice(0, 2);
        const blob = { digest, size, modifiedMs: file!.ctimeMs };
        const others = packed.get(digits);
        if (others) others.push(blob);
        else packed.set(digits, [blob]);
      }
    }
    return packed;
  }

  async read(digest: Digest): Promise<Stored | undefined> {
    const bytes = await this.#packedBytes(digest);
    if (bytes) return { size: bytes.length, body: wholeBody(bytes) };
    const file = await readStored(this.path(digest));
    if (file) return file;
    const other = await this.#packedBytes(digest, true);
    return other && { size: other.length, body: wholeBody(other) };
  }

  async write(digest: Digest, size: number, body: Chunks): Promise<void> {
    await this.#unpack(digest);
    const path = this.path(digest);
    await makeFolder(dirname(path));
    // Only the server's own user reads it: a backup keeps the database as a blob.
    await this.#scratch.write(verifiedBody(body, digest, size), { sync: false, mode: 0o600 }, (written) =>
      this.#placement.run({ written, path }),
    );
  }

  async quarantine(digest: Digest): Promise<boolean> {
    await this.#unpack(digest);
    const [from, to] = [this.path(digest), join(this.#folder, quarantineKey(digest))];
    await makeFolder(dirname(to));
    try {
      await rename(from, to);
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    await makeDurable([dirname(to), dirname(from)]);
    return true;
  }

  async remove(digest: Digest): Promise<boolean> {
    await this.#unpack(digest);
    return await removeFile(this.path(digest));
  }

  /** Takes note of the packs that are there. */
  async findPacks(): Promise<void> {
    await this.#packs.list();
  }

  /** Takes note of a pack that a commit has put among the others. */
  takeIn(name: string, index: PackIndex): void {
    this.#packs.add(name, index);
  }

  /** Gives a file to each content that lies in a pack, one pack after another. */
  async settle(): Promise<void> {
    for (const pack of await this.#packs.list()) await this.#settlePack(pack);
  }

  path(digest: Digest): string {
    return join(this.#folder, blobKey(checkDigest(digest)));
  }

  /** Gives a content its own file, with the others of its pack, where it has none yet. */
  async #unpack(digest: Digest): Promise<void> {
    for (let packed = await this.#findPacked(digest); packed; packed = await this.#findPacked(digest)) {
      await this.#settlePack(packed.pack);
    }
  }

  #settlePack(pack: Pack): Promise<void> {
    return this.#lock.run("packs", async () => {
      const bytes = await readPack(pack).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
      if (!bytes) return;
      const contents = Array.from(pack.index, ([digest, { offset, size }]) => ({
        to: this.path(digest),
        bytes: bytes.subarray(offset, offset + size),
      }));
      await this.#scratch.writeAll(contents, async (written) => {
        await makeDurable(written.map(({ from }) => from));
        await inParallel(written, PARALLEL_FILES, ({ from, to }) => giveName(from, to));
      });
      await makeDurable([...new Set(contents.map(({ to }) => dirname(to)))]);
      await removeFile(pack.path);
      await this.#packs.list();
    });
  }

  async #findPacked(digest: Digest) {
    const known = this.#packs.find(checkDigest(digest));
    if (known) return known;
    await this.#packs.list();
    return this.#packs.find(digest);
  }

  async #packedBytes(digest: Digest, mayBeNew = false): Promise<Uint8Array | undefined> {
    const packed = mayBeNew ? await this.#findPacked(digest) : this.#packs.find(checkDigest(digest));
    if (!packed) return undefined;
    try {
      return await readPacked(packed.pack, packed.content);
    } catch (error) {
      if (!isMissing(error)) throw error;
      // The server has settled it: its contents are files now.
      await this.#packs.list();
      return undefined;
    }
  }
}

async function* wholeBody(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Makes a blob of a written file. One that is there stays: it may be served now. Unless its size says it is damaged. */
export async function giveName(written: string, blob: string): Promise<void> {
  const [from, to] = await Promise.all([findFile(written), findFile(blob)]);
  if (to && to.size === from?.size) await removeFile(written);
  else await rename(written, blob);
}
