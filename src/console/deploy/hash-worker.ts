import { createBLAKE3, createSHA256 } from "hash-wasm";
import type { Hashes, HashNews, HashRequest } from "./hash-messages.ts";

/** Little enough that progress is seen, and that a large file takes no more memory than a small one. */
const CHUNK_BYTES = 4 * 1024 * 1024;
const TOLD_EVERY_MS = 50;

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- the page that started the worker is of this origin
const tell = (news: HashNews) => self.postMessage(news);

self.addEventListener("message", async ({ data }: MessageEvent<HashRequest>) => {
  const blake3 = await createBLAKE3();
  const sha256 = data.wantsSha256 ? await createSHA256() : undefined;
  const hashes: Hashes[] = [];
  let untold = 0;
  let toldMs = performance.now();
  const count = (bytes: number) => {
    untold += bytes;
    if (performance.now() - toldMs < TOLD_EVERY_MS) return;
    tell({ kind: "read", bytes: untold });
    untold = 0;
    toldMs = performance.now();
  };
  for (const [index, file] of data.files.entries()) {
    try {
      blake3.init();
      sha256?.init();
      for (let at = 0; at < file.size; at += CHUNK_BYTES) {
        const bytes = new Uint8Array(await file.slice(at, at + CHUNK_BYTES).arrayBuffer());
        blake3.update(bytes);
        sha256?.update(bytes);
        count(bytes.length);
      }
      hashes.push({ blake3: blake3.digest(), ...(sha256 ? { sha256: sha256.digest() } : {}) });
    } catch (error) {
      tell({ kind: "failed", file: index, message: error instanceof Error ? error.message : String(error) });
      return;
    }
  }
  tell({ kind: "read", bytes: untold });
  tell({ kind: "hashed", hashes });
});
