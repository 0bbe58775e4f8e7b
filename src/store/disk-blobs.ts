import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { blobKey, type Digest, parseDigest, quarantineKey } from "#model";
import { makeDurable, makeFolder } from "./durable-files.ts";
import { DurablePlacement } from "./durable-placement.ts";
import { findBytes, findFile, isMissing, readFolder, readStored, removeFile } from "./files.ts";
import { checkDigest } from "./keys.ts";
import type { Blobs, Stored, StoredBlob } from "./ports.ts";
import type { Scratch } from "./scratch.ts";
import { type Chunks, verifiedBody } from "./verified-body.ts";

/** Blobs as files, in 256 folders by the first two digits of their digest. */
export class DiskBlobs implements Blobs {
  readonly #folder: string;
  readonly #scratch: Scratch;
  readonly #placement = new DurablePlacement();

  constructor(folder: string, scratch: Scratch) {
    this.#folder = folder;
    this.#scratch = scratch;
  }

  async has(digest: Digest): Promise<boolean> {
    return (await this.size(digest)) !== undefined;
  }

  async size(digest: Digest): Promise<number | undefined> {
    return (await findFile(this.path(digest)))?.size;
  }

  async open(digest: Digest): Promise<Blob> {
    return Bun.file(this.path(digest));
  }

  bytes(digest: Digest): Promise<Uint8Array | undefined> {
    return findBytes(this.path(digest));
  }

  async *list(): AsyncIterable<StoredBlob> {
    for (const folder of await readFolder(join(this.#folder, "blobs"))) {
      for (const entry of await readFolder(join(this.#folder, "blobs", folder.name))) {
        const digest = parseDigest(entry.name);
        const file = digest && (await findFile(this.path(digest)));
        // The file keeps the time of its upload; its inode has that of the rename, when it became a blob.
        if (file) yield { digest, size: file.size, modifiedMs: file.ctimeMs };
      }
    }
  }

  read(digest: Digest): Promise<Stored | undefined> {
    return readStored(this.path(digest));
  }

  async write(digest: Digest, size: number, body: Chunks): Promise<void> {
    const path = this.path(digest);
    await makeFolder(dirname(path));
    // Only the server's own user reads it: a backup keeps the database as a blob.
    await this.#scratch.write(verifiedBody(body, digest, size), { sync: false, mode: 0o600 }, (written) =>
      this.#placement.run({ written, path }),
    );
  }

  async quarantine(digest: Digest): Promise<boolean> {
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

  remove(digest: Digest): Promise<boolean> {
    return removeFile(this.path(digest));
  }

  path(digest: Digest): string {
    return join(this.#folder, blobKey(checkDigest(digest)));
  }
}
