import { readFile, rename, writeFile } from "node:fs/promises";
import { uptime } from "node:os";
import { dirname, join } from "node:path";
import { type Digest, parseDigest } from "#model";
import type { DiskBlobs } from "./disk-blobs.ts";
import { makeDurable } from "./durable-files.ts";
import { findBytes, findFile, linkNew, makeFolders, readFolder, removeFile } from "./files.ts";
import { KeyedLock } from "./keyed-lock.ts";
import { checkDigest, checkWorkspace, stagedKey } from "./keys.ts";
import type { Uploads } from "./ports.ts";
import type { Scratch } from "./scratch.ts";
import { type Chunks, collectBody, SMALL_BODY_BYTES, verifiedBody } from "./verified-body.ts";

/** Holds the id of the machine's start in which the files beside it were staged. No workspace has a dot in its id. */
const BOOT_FILE = "boot.id";

interface StagedFile {
  readonly workspace: string;
  readonly name: string;
  readonly path: string;
}

/** Staged blobs as files at `uploads/<workspace>/<digest>`: whole and verified, but not yet durable. */
export class DiskUploads implements Uploads {
  readonly #folder: string;
  readonly #scratch: Scratch;
  readonly #blobs: DiskBlobs;
  readonly #lock = new KeyedLock();
  /** The workspaces whose folder is there: none is ever removed. */
  readonly #made = new Set<string>();

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

  async staged(workspace: string, digests: Iterable<Digest>): Promise<Set<Digest>> {
    const entries = await readFolder(join(this.#folder, "uploads", checkWorkspace(workspace)));
    const names = new Set<string>(entries.map((entry) => entry.name));
    return new Set(Array.from(digests).filter((digest) => names.has(digest)));
  }

  async bytes(workspace: string, digest: Digest): Promise<Uint8Array | undefined> {
    return findBytes(this.#path(workspace, digest));
  }

  /**
   * One commit runs at a time. So a blob that a commit relies on, because an earlier one had just given it its name, is
   * durable when it resolves, even where it stages nothing itself.
   */
  commit(workspace: string, digests: Iterable<Digest>): Promise<void> {
    return this.#alone(async () => {
      const staged = Array.from(await this.staged(workspace, digests), (digest) => ({
        from: this.#path(workspace, digest),
        to: this.#blobs.path(digest),
      }));
      await makeDurable(staged.map(({ from }) => from));
      await Promise.all(staged.map(({ from, to }) => giveName(from, to)));
      await makeDurable([...new Set(staged.map(({ to }) => dirname(to)))]);
    });
  }

  expire(keep: (workspace: string, digest: Digest) => boolean): Promise<number> {
    return this.#removeWhere(async ({ workspace, name }) => {
      const digest = parseDigest(name);
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
        for (const { name } of await readFolder(join(this.#folder, "uploads", folder.name))) {
          const path = join(this.#folder, "uploads", folder.name, name);
          if ((await isGone({ workspace: folder.name, name, path })) && (await removeFile(path))) removed++;
        }
      }
      return removed;
    });
  }

  async #makeFolder(workspace: string): Promise<void> {
    if (this.#made.has(workspace)) return;
    await makeFolders(join(this.#folder, "uploads", workspace));
    this.#made.add(workspace);
  }

  #alone<T>(task: () => Promise<T>): Promise<T> {
    return this.#lock.run("uploads", task);
  }

  #path(workspace: string, digest: Digest): string {
    return join(this.#folder, stagedKey(workspace, checkDigest(digest)));
  }
}

/** Makes a blob of a staged file. One that is there stays: it may be served now. Unless its size says it is damaged. */
async function giveName(staged: string, blob: string): Promise<void> {
  const [from, to] = await Promise.all([findFile(staged), findFile(blob)]);
  if (to && to.size === from?.size) await removeFile(staged);
  else await rename(staged, blob);
}
