import type { Compress } from "#control";
import type { Encoded } from "#model";

/** Compresses on a thread of its own, which gives way to all others and is there only while there is work. */
export interface Compressor {
  /** To be asked for one content at a time. */
  readonly compress: Compress;
  /** Ends the thread. What it was doing is never answered. */
  stop(): void;
}

const IDLE_MS = 5000;

export function createCompressor(): Compressor {
  let worker: Worker | undefined;
  let idle: Timer | undefined;

  function stop(): void {
    clearTimeout(idle);
    worker?.terminate();
    worker = undefined;
  }

  return {
    compress(content) {
      clearTimeout(idle);
      const thread = (worker ??= new Worker(new URL("./compress-worker.ts", import.meta.url)));
      const { promise, resolve, reject } = Promise.withResolvers<Encoded>();
      thread.onmessage = ({ data }: MessageEvent<Encoded>) => {
        idle = setTimeout(stop, IDLE_MS);
        resolve(data);
      };
      thread.onerror = ({ message }) => {
        stop();
        reject(new Error(`The compressing thread failed: ${message}`));
      };
      thread.postMessage(content);
      return promise;
    },
    stop,
  };
}
