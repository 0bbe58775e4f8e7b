import { readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Changes } from "./changes.ts";
import { makeDurable, makeFolder } from "./durable-files.ts";
import { isMissing, linkNew, readFolder, removeFile } from "./files.ts";
import { KeyedLock } from "./keyed-lock.ts";
import { checkDocumentKey, checkPrefix } from "./keys.ts";
import type { Documents } from "./ports.ts";
import type { Scratch } from "./scratch.ts";

/** Only the server's own user reads them: among them are the keys of certificates and of protected sites. */
const WRITTEN = { sync: true, mode: 0o600 };

/** Documents as files. One process writes them; any number may read. */
export class DiskDocuments implements Documents {
  readonly #folder: string;
  readonly #scratch: Scratch;
  readonly #writers = new KeyedLock();
  readonly #changes = new Changes();

  constructor(folder: string, scratch: Scratch) {
    this.#folder = folder;
    this.#scratch = scratch;
  }

  async read(key: string): Promise<string | undefined> {
    try {
      return await readFile(this.#path(key), "utf8");
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  create(key: string, text: string): Promise<boolean> {
    return this.#write(key, async (path) => {
      await makeFolder(dirname(path));
      return this.#scratch.write(text, WRITTEN, (written) => linkNew(written, path));
    });
  }

  replace(key: string, expected: string, text: string): Promise<boolean> {
    return this.#write(key, async (path) => {
      if ((await this.read(key)) !== expected) return false;
      await this.#scratch.write(text, WRITTEN, (written) => rename(written, path));
      return true;
    });
  }

  remove(key: string): Promise<boolean> {
    return this.#write(key, removeFile);
  }

  async *list(prefix: string): AsyncIterable<string> {
    const folder = checkPrefix(prefix);
    for (const entry of await readFolder(join(this.#folder, folder))) {
      if (entry.isDirectory()) yield* this.list(`${folder}${entry.name}/`);
      else if (entry.name.endsWith(".json")) yield `${folder}${entry.name}`;
    }
  }

  subscribe(listener: (key: string) => void): () => void {
    return this.#changes.subscribe(listener);
  }

  /** Runs a change alone on its key. Where it changed something, makes that durable and tells the listeners. */
  async #write(key: string, change: (path: string) => Promise<boolean>): Promise<boolean> {
    const path = this.#path(key);
    return this.#writers.run(key, async () => {
      if (!(await change(path))) return false;
      await makeDurable([dirname(path)]);
      this.#changes.notify(key);
      return true;
    });
  }

  #path(key: string): string {
    return join(this.#folder, checkDocumentKey(key));
  }
}
