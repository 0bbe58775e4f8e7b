import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { openManifest, parseDigest, type Parsed } from "#model";
import {
  archivedBlobName,
  type ArchivedContent,
  type ArchivedDocument,
  type ArchivedRecord,
  type ArchivedSite,
  INDEX_FILE,
  isLayout,
  LAYOUT_FILE,
  parseArchivedRecord,
  parseArchivedRelease,
  parseArchiveIndex,
  parseTarHeader,
  TAR_BLOCK_BYTES,
  tarPadding,
} from "#wire";
import { errnoOf, Failure } from "../failure.ts";

/** An archive that was verified: every content is what its names say, and all that is named is there. */
export interface Archive extends ArchivedSite, AsyncDisposable {
  readonly releases: readonly { readonly record: ArchivedRecord; readonly pod: ArchivedContent }[];
  /** Manifests included, each once. */
  readonly contents: readonly ArchivedContent[];
  read(content: ArchivedContent): AsyncGenerator<Buffer>;
}

interface Place {
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

const CHUNK_BYTES = 1024 * 1024;
/** A document of an archive: the longest names every content of a release. */
const MAX_DOCUMENT_BYTES = 512 * 1024 * 1024;

/**
 * Opens an archive and verifies all of it. `onRead` is called with the bytes that were read of so many. Throws a Failure:
 * `not_found`, or `failed` where it is not whole.
 */
export async function openArchive(
  path: string,
  onRead: (bytes: number, allBytes: number) => void,
  signal: AbortSignal,
): Promise<Archive> {
  const file = await openFile(path);
  try {
    const reader = new ArchiveReader(file, path, signal);
    return await reader.open(onRead);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    throw new Failure("not_found", `There is no file ${path}.`, { cause: error });
  }
}

class ArchiveReader {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #signal: AbortSignal;
  readonly #places = new Map<string, Place>();

  constructor(file: FileHandle, path: string, signal: AbortSignal) {
    this.#file = file;
    this.#path = path;
    this.#signal = signal;
  }

  async open(onRead: (bytes: number, allBytes: number) => void): Promise<Archive> {
    await this.#list();
    if (!isLayout(await this.#text(LAYOUT_FILE))) throw this.#damaged("it is no OCI image layout");
    const index = this.#parsed(parseArchiveIndex(await this.#text(INDEX_FILE)));
    const contents = new Map<string, ArchivedContent>();
    const releases = [];
    for (const descriptor of index.releases) {
      const release = this.#parsed(parseArchivedRelease(await this.#document(descriptor)));
      const record = this.#parsed(parseArchivedRecord(await this.#document(release.record)));
      for (const content of [release.pod, ...release.contents]) {
        const known = contents.get(content.sha256) ?? content;
        if (known.digest !== content.digest) throw this.#damaged("one content in it has two names");
        contents.set(content.sha256, content);
      }
      releases.push({ record, pod: release.pod, named: new Set<string>(release.contents.map(({ digest }) => digest)) });
    }
    const allBytes = [...contents.values()].reduce((total, { size }) => total + size, 0);
    let bytes = 0;
    for (const content of contents.values()) {
      await this.#verify(content);
      onRead((bytes += content.size), allBytes);
    }
    for (const { record, pod, named } of releases) await this.#checkPod(`v${record.version}`, pod, named);
    const { site, environments, isProtected } = index;
    return {
      site,
      environments,
      isProtected,
      releases: releases.map(({ record, pod }) => ({ record, pod })),
      contents: [...contents.values()],
      read: (content) => this.#read(this.#find(archivedBlobName(content.sha256))),
      [Symbol.asyncDispose]: () => this.#file.close(),
    };
  }

  /** Finds where each file lies. */
  async #list(): Promise<void> {
    const { size: end } = await this.#file.stat();
    for (let at = 0; at < end;) {
      const block = await this.#bytes({ offset: at, size: TAR_BLOCK_BYTES });
      const header = parseTarHeader(block);
      if (!header.ok) throw this.#damaged(`it ${header.fault}`);
      if (!header.value) return;
      const { name, size, isFile } = header.value;
      if (at + TAR_BLOCK_BYTES + size > end) throw this.#damaged(`it ends within ${name}`);
      if (isFile) this.#places.set(name, { offset: at + TAR_BLOCK_BYTES, size });
      at += TAR_BLOCK_BYTES + size + tarPadding(size);
    }
    throw this.#damaged("its end is missing");
  }

  async #verify({ digest, sha256, size }: ArchivedContent): Promise<void> {
    const name = archivedBlobName(sha256);
    const { Blake3Hasher } = await import("@napi-rs/blake-hash");
    const hashes = { blake3: new Blake3Hasher(), sha256: createHash("sha256") };
    const place = this.#find(name);
    for await (const chunk of this.#read(place)) {
      hashes.blake3.update(chunk);
      hashes.sha256.update(chunk);
    }
    const isWhole =
      place.size === size &&
      hashes.sha256.digest("hex") === sha256 &&
      parseDigest(hashes.blake3.digest("hex")) === digest;
    if (!isWhole) throw this.#damaged(`${name} is not what its name says`);
  }

  async #checkPod(release: string, pod: ArchivedContent, named: ReadonlySet<string>): Promise<void> {
    const manifest = openManifest(await this.#bytes(this.#find(archivedBlobName(pod.sha256))));
    if (!manifest) throw this.#damaged(`the list of files of ${release} cannot be read`);
    for (const { path, digest } of manifest.entries()) {
      if (!named.has(digest)) throw this.#damaged(`${JSON.stringify(path)} of ${release} is missing`);
    }
  }

  /** Reads a document of the archive, verified by its SHA-256. */
  async #document({ sha256 }: ArchivedDocument): Promise<string> {
    const name = archivedBlobName(sha256);
    const bytes = await this.#bytes(this.#find(name));
    if (createHash("sha256").update(bytes).digest("hex") === sha256) return bytes.toString("utf8");
    throw this.#damaged(`${name} is not what its name says`);
  }

  async #text(name: string): Promise<string> {
    return (await this.#bytes(this.#find(name))).toString("utf8");
  }

  #find(name: string): Place {
    const place = this.#places.get(name);
    if (place) return place;
    throw this.#damaged(`${name} is missing`);
  }

  async #bytes(place: Place): Promise<Buffer> {
    if (place.size > MAX_DOCUMENT_BYTES) throw this.#damaged("a document in it is too large");
    const chunks: Buffer[] = [];
    for await (const chunk of this.#read(place)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async *#read({ offset, size }: Place): AsyncGenerator<Buffer> {
    for (let at = 0; at < size;) {
      this.#signal.throwIfAborted();
      const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size - at));
      const { bytesRead } = await this.#file.read(chunk, 0, chunk.length, offset + at);
      if (bytesRead === 0) throw this.#damaged("it ends too early");
      yield chunk.subarray(0, bytesRead);
      at += bytesRead;
    }
  }

  #parsed<T>(parsed: Parsed<T>): T {
    if (parsed.ok) return parsed.value;
    throw this.#damaged(parsed.fault);
  }

  #damaged(why: string): Failure {
    return new Failure("failed", `${this.#path} is not a whole archive of a site: ${why}.`, {
      code: "damaged_archive",
      next: "Export the site again with `sitepod export`.",
    });
  }
}
