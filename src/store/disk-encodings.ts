import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Digest, type Encoded, type Encoding, encodingKey, ENCODINGS, parseDigest } from "#model";
import { makeDurable } from "./durable-files.ts";
import { findFile, makeFolders, readFolder, readStored, removeFile } from "./files.ts";
import { checkDigest } from "./keys.ts";
import type { Encodings, Stored } from "./ports.ts";
import type { Scratch } from "./scratch.ts";

/** Encodings as files. They are written in the order of `ENCODINGS`, so where the last is, all are. */
export class DiskEncodings implements Encodings {
  readonly #folder: string;
  readonly #scratch: Scratch;

  constructor(folder: string, scratch: Scratch) {
    this.#folder = folder;
    this.#scratch = scratch;
  }

  async has(digest: Digest): Promise<boolean> {
    return (await findFile(this.#path(digest, ENCODINGS.at(-1)!))) !== undefined;
  }

  async find(digest: Digest, encoding: Encoding): Promise<Blob | undefined> {
    const path = this.#path(digest, encoding);
    const file = await findFile(path);
    return file && Bun.file(path).slice(0, file.size);
  }

  read(digest: Digest, encoding: Encoding): Promise<Stored | undefined> {
    return readStored(this.#path(digest, encoding));
  }

  async *list(): AsyncIterable<Digest> {
    for (const folder of await readFolder(join(this.#folder, "encodings"))) {
      const files = await readFolder(join(this.#folder, "encodings", folder.name));
      const digests = files.map(({ name }) => parseDigest(name.split(".")[0]));
      for (const digest of new Set(digests)) if (digest) yield digest;
    }
  }

  async write(digest: Digest, encoded: Encoded): Promise<void> {
    const folder = dirname(this.#path(digest, ENCODINGS[0]));
    await makeFolders(folder);
    for (const encoding of ENCODINGS) {
      await this.#scratch.write(encoded[encoding], { sync: true }, (written) =>
        rename(written, this.#path(digest, encoding)),
      );
    }
    await makeDurable([folder]);
  }

  async remove(digest: Digest): Promise<void> {
    for (const encoding of ENCODINGS.toReversed()) await removeFile(this.#path(digest, encoding));
  }

  #path(digest: Digest, encoding: Encoding): string {
    return join(this.#folder, encodingKey(checkDigest(digest), encoding));
  }
}
