import { randomUUID } from "node:crypto";
import { existsSync, renameSync, unlinkSync } from "node:fs";
import { open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { explainFull, findFile, removeFile } from "./files.ts";
import { inParallel } from "./in-parallel.ts";
import type { Chunks } from "./verified-body.ts";

/** What a killed process left here is removed at the next start, once no other process can still be writing it. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;
const PARALLEL_FILES = 32;

/** The folder where files are written aside before they get their name. It lies on the file system of their names. */
export class Scratch {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Writes the content to a new file, calls `use` with its path, and removes the file unless `use` moved it away.
   * Throws SitepodError `storage_full` where the disk is; what the content throws passes through.
   */
  async write<T>(
    content: string | Uint8Array | Chunks,
    options: { sync: boolean; mode?: number },
    use: (path: string) => Promise<T>,
  ): Promise<T> {
    const path = join(this.#folder, randomUUID());
    try {
      await writeNew(path, content, options);
      return await use(path);
    } catch (error) {
      throw explainFull(error);
    } finally {
      await rm(path, { force: true });
    }
  }

  /**
   * Writes small contents to new files, calls `use` with where they are, and removes those that `use` did not move away.
   * Throws SitepodError `storage_full` where the disk is.
   */
  async writeAll(
    contents: readonly { readonly bytes: Uint8Array; readonly to: string }[],
    use: (written: readonly { readonly from: string; readonly to: string }[]) => Promise<void>,
  ): Promise<void> {
    const written = contents.map(({ bytes, to }) => ({ bytes, to, from: join(this.#folder, randomUUID()) }));
    try {
      await inParallel(written, PARALLEL_FILES, ({ from, bytes }) => Bun.write(from, bytes, { createPath: false }));
      await use(written);
    } catch (error) {
      await inParallel(written, PARALLEL_FILES, ({ from }) => rm(from, { force: true }));
      throw explainFull(error);
    }
  }

  /**
   * Gives small content the name `path`, whole and not yet synced, unless that name is taken. Looking and naming are one
   * step for this process, so a file that a commit has just synced under the name is never replaced by one it has not.
   */
  async place(content: Uint8Array, path: string): Promise<void> {
    const aside = join(this.#folder, randomUUID());
    try {
      await Bun.write(aside, content, { createPath: false });
      if (existsSync(path)) unlinkSync(aside);
      else renameSync(aside, path);
    } catch (error) {
      await rm(aside, { force: true });
      throw explainFull(error);
    }
  }

  async removeAbandoned(nowMs: number): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      const file = await findFile(path);
      if (file && file.mtimeMs < nowMs - ABANDONED_AFTER_MS) await removeFile(path);
    }
  }
}

async function writeNew(
  path: string,
  content: string | Uint8Array | Chunks,
  { sync, mode }: { sync: boolean; mode?: number },
): Promise<void> {
  await using file = await open(path, "wx", mode);
  if (typeof content === "string" || content instanceof Uint8Array) await file.writeFile(content);
  else for await (const chunk of content) await file.appendFile(chunk);
  if (sync) await file.sync();
}
