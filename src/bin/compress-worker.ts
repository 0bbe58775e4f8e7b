// A thread that compresses what it is sent; started by compressor.ts.
import { setPriority } from "node:os";
import { compress } from "./compress.ts";

declare const self: Worker;

// Linux gives each thread a priority of its own; elsewhere this would slow down the whole server.
if (process.platform === "linux") setPriority(0, 19);

self.addEventListener("message", ({ data }: MessageEvent<Uint8Array>) => {
  const encoded = compress(data);
  self.postMessage(
    encoded,
    Object.values(encoded).map(({ buffer }) => buffer as ArrayBuffer),
  );
});
