import { join } from "node:path";
import { blobKey, type Digest, parseDigest } from "#model";
import { findBytes, findFile, readFolder, removeFile } from "./files.ts";
import { checkDigest } from "./keys.ts";
import type { Blobs, StoredBlob } from "./ports.ts";

/** Blobs as files, in 256 folders by the first two digits of their digest. */
export class DiskBlobs implements Blobs {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
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

  remove(digest: Digest): Promise<boolean> {
    return removeFile(this.path(digest));
  }

  path(digest: Digest): string {
    return join(this.#folder, blobKey(checkDigest(digest)));
  }
}
