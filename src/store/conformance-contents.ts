import type { Digest } from "#model";
import { hashBytes } from "./blake3.ts";
import type { Store, Uploads } from "./ports.ts";

/** Returns `size` bytes that depend on `seed`. */
export const filled = (size: number, seed: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed * 17) % 251);

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Small enough to be written at once, and large enough to be streamed, by every store. */
export const SMALL = filled(20_000, 1);
export const LARGE = filled(1_500_000, 2);

/** Returns a body that arrives in pieces. */
export function bodyOf(bytes: Uint8Array, pieceBytes = 60_000): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + pieceBytes));
      at += pieceBytes;
    },
  });
}

/** Stages contents and commits them together. Returns their digests. */
export async function commit(store: Store, workspace: string, ...contents: Uint8Array[]): Promise<Digest[]> {
  const digests = contents.map(hashBytes);
  for (const [i, digest] of digests.entries()) {
    await store.uploads.stage(workspace, digest, contents[i]!.length, bodyOf(contents[i]!));
  }
  await store.uploads.commit(workspace, digests);
  return digests;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Those of `digests` that are staged. */
export async function stagedOf(uploads: Uploads, workspace: string, digests: readonly Digest[]): Promise<Set<Digest>> {
  const staged = await uploads.staged(workspace);
  return new Set(digests.filter((digest) => staged.has(digest)));
}
