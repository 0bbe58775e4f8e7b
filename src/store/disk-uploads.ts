import { rename } from "node:fs/promises";
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
      await Promise.all(staged.map(({ from, to }) => rename(from, to)));
      await makeDurable([...new Set(staged.map(({ to }) => dirname(to)))]);
    });
  }

  expire(beforeMs: number, keep: (workspace: string, digest: Digest) => boolean): Promise<number> {
    return this.#alone(async () => {
      let removed = 0;
      for (const folder of await readFolder(join(this.#folder, "uploads"))) {
        for (const entry of await readFolder(join(this.#folder, "uploads", folder.name))) {
          const path = join(this.#folder, "uploads", folder.name, entry.name);
          const file = await findFile(path);
          const digest = parseDigest(entry.name);
          if (!file || file.mtimeMs >= beforeMs || (digest && keep(folder.name, digest))) continue;
          if (await removeFile(path)) removed++;
        }
      }
      return removed;
    });
  }

  /** Removes what was staged before the machine started: it was never synced, and may have lost its content. */
  async removeUnsynced(nowMs: number): Promise<void> {
    await this.expire(nowMs - uptime() * 1000, () => false);
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
