import { randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { uptime } from "node:os";
import { basename, dirname, join } from "node:path";
import { type Digest, parseDigest } from "#model";
import { type DiskBlobs, giveName } from "./disk-blobs.ts";
import { DigestSet } from "./digest-set.ts";
import { makeDurable } from "./durable-files.ts";
import {
  explainFull,
  findBytes,
  findFile,
  isMissing,
  linkNew,
  makeFolders,
  readFolder,
  readNames,
  removeFile,
} from "./files.ts";
import { giveBack } from "./give-back.ts";
import { inParallel } from "./in-parallel.ts";
import { KeyedLock } from "./keyed-lock.ts";
import { checkDigest, checkWorkspace, stagedKey } from "./keys.ts";
import { encodePack, type NamedContent, PackIndex } from "./pack.ts";
import { PACK_SUFFIX, PackFolder, readPack, readPacked } from "./pack-folder.ts";
import type { Pack } from "./pack-places.ts";
import { takePart, wholeName } from "./partial-file.ts";
import type { Staged, Uploads } from "./ports.ts";
import type { Scratch } from "./scratch.ts";
import { type Chunks, collectBody, requireDigest, SMALL_BODY_BYTES, verifiedBody } from "./verified-body.ts";

/** Holds the id of the machine's start in which the files beside it were staged. No workspace has a dot in its id. */
const BOOT_FILE = "boot.id";

const PARALLEL_NAMES = 64;

/** A pack that is to become the blobs'. */
interface TakenPack {
  readonly from: string;
  readonly to: string;
  readonly index: PackIndex;
}

interface StagedFile {
  readonly workspace: string;
  readonly name: string;
  readonly path: string;
  /** What is in it, where it is a pack. */
  readonly digests: Iterable<Digest> | undefined;
}

/**
 * Staged blobs as files at `uploads/<workspace>/<digest>`, and many that came together as one pack beside them: whole and
 * verified, but not yet durable.
 */
export class DiskUploads implements Uploads {
  readonly #folder: string;
  readonly #scratch: Scratch;
  readonly #blobs: DiskBlobs;
  readonly #lock = new KeyedLock();
  /** The workspaces whose folder is there: none is ever removed. */
  readonly #made = new Set<string>();
  readonly #packFolders = new Map<string, PackFolder>();

  constructor(folder: string, scratch: Scratch, blobs: DiskBlobs) {
    this.#folder = folder;
    this.#scratch = scratch;
    this.#blobs = blobs;
  }

  async stage(workspace: string, digest: Digest, size: number, body: Chunks): Promise<void> {
    const path = this.#path(workspace, digest);
    const verified = verifiedBody(body, digest, size);
    await this.#makeFolder(workspace);
    if (size <= SMALL_BODY_BYTES) return await this.#scratch.place(await collectBody(verified, size), path);
    // Linked, not renamed: a file that a commit has just synced under this name is never replaced by one it has not.
    await this.#scratch.write(verified, { sync: false }, (written) => linkNew(written, path));
  }

  async stagePart(workspace: string, digest: Digest, size: number, offset: number, body: Chunks): Promise<number> {
    const path = this.#path(workspace, digest);
    await this.#makeFolder(workspace);
    return await this.#lock.run(path, () => takePart(path, digest, size, offset, body));
  }

  async stageAll(workspace: string, contents: readonly NamedContent[]): Promise<void> {
    for (const { digest, bytes } of contents) requireDigest(bytes, digest);
    const folder = this.#workspaceFolder(workspace);
    await this.#makeFolder(workspace);
    const name = `${randomUUID()}${PACK_SUFFIX}`;
    const pack = encodePack(contents);
    await this.#scratch.write(pack, { sync: false }, (written) => rename(written, join(folder, name)));
    this.#packFolder(workspace).add(name, new PackIndex(pack));
    giveBack(pack);
  }

  async staged(workspace: string): Promise<Staged> {
    await this.#packs(workspace);
    const packs = this.#packFolder(workspace);
    const files = await this.#stagedFiles(workspace);
    return { has: (digest) => packs.find(digest) !== undefined || files.has(digest) };
  }

  async bytes(workspace: string, digest: Digest): Promise<Uint8Array | undefined> {
    return (await findBytes(this.#path(workspace, digest))) ?? (await this.#packedBytes(workspace, digest));
  }

  async #packedBytes(workspace: string, digest: Digest): Promise<Uint8Array | undefined> {
    await this.#packs(workspace);
    const packed = this.#packFolder(workspace).find(digest);
    if (!packed) return undefined;
    try {
      return await readPacked(packed.pack, packed.content);
    } catch (error) {
      // A commit has just taken it.
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /**
   * One commit runs at a time. So a blob that a commit relies on, because an earlier one had just given it its name, is
   * durable when it resolves, even where it stages nothing itself. Throws SitepodError `storage_full` where the disk is.
   */
  commit(workspace: string, digests: Iterable<Digest>): Promise<void> {
    return this.#alone(async () => {
      try {
        await this.#commitAlone(workspace, digests);
      } catch (error) {
        throw explainFull(error);
      }
    });
  }

  async #commitAlone(workspace: string, digests: Iterable<Digest>): Promise<void> {
    const wanted = DigestSet.of(digests);
    const packs = await this.#takePacks(workspace, wanted);
    const files = new DigestSet();
    for (const digest of await this.#stagedFiles(workspace)) if (wanted.has(digest)) files.add(digest);
    const written = { [Symbol.iterator]: () => this.#pathsOf(workspace, files, packs) };
    await this.#makeStagedDurable(written);
    await inParallel(files, PARALLEL_NAMES, (digest) =>
      giveName(this.#path(workspace, digest), this.#blobs.path(digest)),
    );
    for (const { from, to } of packs) await rename(from, to);
    const folders = new Set(packs.map(({ to }) => dirname(to)));
    for (const digest of files) folders.add(dirname(this.#blobs.path(digest)));
    await makeDurable(folders);
    for (const { to, index } of packs) this.#blobs.takeIn(basename(to), index);
    // Forgets the packs that are gone.
    await this.#packs(workspace);
  }

  /** One after another: there may be hundreds of thousands. */
  *#pathsOf(workspace: string, files: DigestSet, packs: readonly TakenPack[]): Generator<string> {
    for (const digest of files) yield this.#path(workspace, digest);
    for (const { from } of packs) yield from;
  }

  /**
   * What could not be synced is removed, and has to be sent anew: Linux tells of what the disk did not take once, and a
   * second sync would say that all is well.
   */
  async #makeStagedDurable(paths: Iterable<string>): Promise<void> {
    try {
      await makeDurable(paths);
    } catch (error) {
      for (const path of paths) await removeFile(path).catch(() => false);
      throw error;
    }
  }

  /** Finds packs that hold nothing but what is wanted and not in another. Of a pack that holds more, one is made. */
  async #takePacks(workspace: string, wanted: DigestSet): Promise<TakenPack[]> {
    const isTaken = new Uint8Array(wanted.size);
    const packs: TakenPack[] = [];
    for (const pack of await this.#packs(workspace)) {
      const { words, size } = pack.index;
      const mine: number[] = [];
      for (let row = 0; row < size; row++) {
        const number = wanted.findWords(words, pack.index.wordAt(row));
        if (number === undefined || isTaken[number]) continue;
        isTaken[number] = 1;
        mine.push(row);
      }
      if (mine.length === 0) continue;
      const { path: from, index } = mine.length === size ? pack : await this.#split(pack, mine);
      packs.push({ from, to: join(this.#blobs.packs, basename(from)), index });
    }
    return packs;
  }

  /** Copies some contents of a pack to a new one beside it. The old one stays: another deploy may want the rest. */
  async #split(pack: Pack, rows: readonly number[]): Promise<Pick<Pack, "path" | "index">> {
    const bytes = await readPack(pack);
    const contents = rows.map((row) => {
      const { offset, size } = pack.index.content(row);
      return { digest: pack.index.digest(row), bytes: bytes.subarray(offset, offset + size) };
    });
    const path = join(dirname(pack.path), `${randomUUID()}${PACK_SUFFIX}`);
    const split = encodePack(contents);
    await this.#scratch.write(split, { sync: false }, (written) => rename(written, path));
    return { path, index: new PackIndex(split) };
  }

  expire(keep: (workspace: string, digest: Digest) => boolean): Promise<number> {
    return this.#removeWhere(async ({ workspace, name, digests }) => {
      if (digests) return ![...digests].some((digest) => keep(workspace, digest));
      const digest = parseDigest(wholeName(name));
      return !digest || !keep(workspace, digest);
    });
  }

  /**
   * Removes what was staged before the machine started: it was never synced, and may have lost its content. `bootId`
   * names this start of the machine. Where the machine has none to tell, the files' times and `nowMs` decide: a clock
   * that was set since, or a volume that came from another machine, misleads them.
   */
  async removeUnsynced(bootId: string | undefined, nowMs: number): Promise<void> {
    if (bootId === undefined) {
      const startedMs = nowMs - uptime() * 1000;
      await this.#removeWhere(async ({ path }) => ((await findFile(path))?.mtimeMs ?? 0) < startedMs);
      return;
    }
    const path = join(this.#folder, "uploads", BOOT_FILE);
    if ((await readFile(path, "utf8").catch(() => "")) === bootId) return;
    await this.expire(() => false);
    await makeFolders(dirname(path));
    await writeFile(path, bootId);
  }

  #removeWhere(isGone: (file: StagedFile) => Promise<boolean>): Promise<number> {
    return this.#alone(async () => {
      let removed = 0;
      for (const folder of await readFolder(join(this.#folder, "uploads"))) {
        if (!folder.isDirectory()) continue;
        const workspace = folder.name;
        // The names first: a pack that arrives in between is none of them, where it would be one that nobody knows.
        const names = await readNames(this.#workspaceFolder(workspace));
        const packs = new Map((await this.#packs(workspace)).map((pack) => [pack.name, pack.index]));
        for (const name of names) {
          const path = join(this.#workspaceFolder(workspace), name);
          const index = packs.get(name);
          const isRemoved =
            (await isGone({ workspace, name, path, digests: index?.keys() })) && (await removeFile(path));
          if (isRemoved) removed += index?.size ?? 1;
        }
      }
      return removed;
    });
  }

  async #makeFolder(workspace: string): Promise<void> {
    if (this.#made.has(workspace)) return;
    await makeFolders(this.#workspaceFolder(workspace));
    this.#made.add(workspace);
  }

  /** What is staged in a file of its own. */
  async #stagedFiles(workspace: string): Promise<DigestSet> {
    const files = new DigestSet();
    for (const name of await readNames(this.#workspaceFolder(workspace))) {
      const digest = parseDigest(name);
      if (digest) files.add(digest);
    }
    return files;
  }

  #packs(workspace: string): Promise<Pack[]> {
    return this.#packFolder(workspace).list();
  }

  #packFolder(workspace: string): PackFolder {
    let packs = this.#packFolders.get(workspace);
    if (!packs) this.#packFolders.set(workspace, (packs = new PackFolder(this.#workspaceFolder(workspace))));
    return packs;
  }

  #workspaceFolder(workspace: string): string {
    return join(this.#folder, "uploads", checkWorkspace(workspace));
  }

  #alone<T>(task: () => Promise<T>): Promise<T> {
    return this.#lock.run("uploads", task);
  }

  #path(workspace: string, digest: Digest): string {
    return join(this.#folder, stagedKey(workspace, checkDigest(digest)));
  }
}
