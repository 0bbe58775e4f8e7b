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
  let thread: Worker | undefined;
  let asked: PromiseWithResolvers<Encoded> | undefined;
  let idle: Timer | undefined;

  function start(): Worker {
    const worker = new Worker(new URL("./compress-worker.ts", import.meta.url));
    worker.addEventListener("message", ({ data }: MessageEvent<Encoded>) => {
      idle = setTimeout(stop, IDLE_MS);
      asked?.resolve(data);
    });
    worker.addEventListener("error", ({ message }) => {
      stop();
      asked?.reject(new Error(`The compressing thread failed: ${message}`));
    });
    return worker;
  }

  function stop(): void {
    clearTimeout(idle);
    thread?.terminate();
    thread = undefined;
  }

  return {
    compress(content) {
      clearTimeout(idle);
      asked = Promise.withResolvers();
      thread ??= start();
      thread.postMessage(content, []);
      return asked.promise;
    },
    stop,
  };
}
