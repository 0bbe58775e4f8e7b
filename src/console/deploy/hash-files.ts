import type { FolderFile } from "./dropped-folder.ts";
import type { Hashes, HashNews, HashRequest } from "./hash-messages.ts";

interface HashOptions {
  readonly wantsSha256: boolean;
  readonly signal: AbortSignal;
  /** Called as bytes are read. */
  readonly onBytes: (bytes: number) => void;
}

/** Hashes files in a worker, in their order: the page stays as quick as it was. Throws where one cannot be read. */
export function hashFiles(
  files: readonly FolderFile[],
  { wantsSha256, signal, onBytes }: HashOptions,
): Promise<readonly Hashes[]> {
  const worker = new Worker(new URL("./hash-worker.ts", import.meta.url), { type: "module" });
  const hashing = new Promise<readonly Hashes[]>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
    worker.addEventListener("error", ({ message }) => reject(new Error(`The files cannot be hashed: ${message}`)));
    worker.addEventListener("message", ({ data: news }: MessageEvent<HashNews>) => {
      switch (news.kind) {
        case "read":
          return onBytes(news.bytes);
        case "hashed":
          return resolve(news.hashes);
        case "failed":
          return reject(new Error(`${files[news.file]!.path} cannot be read: ${news.message}`));
        default:
          return news satisfies never;
      }
    });
  });
  const request: HashRequest = { files: files.map(({ file }) => file), wantsSha256 };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker is of this origin
  worker.postMessage(request);
  return hashing.finally(() => worker.terminate());
}
