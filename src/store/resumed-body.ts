import { SitepodError } from "#model";
import { statusOf } from "./s3-errors.ts";
import type { Chunks } from "./verified-body.ts";

/** A piece that has come begins the count anew. */
const MAX_FAILURES = 5;
const BASE_PAUSE_MS = 100;

/**
 * Passes a body of `size` bytes on. Where it breaks off, what is missing is asked for by `open`, which is given the first
 * byte's place. Throws SitepodError `unavailable` where that fails again and again without another byte.
 */
export async function* resumedBody(size: number, first: Chunks, open: (from: number) => Promise<Chunks>): Chunks {
  let at = 0;
  let failures = 0;
  let body: Chunks | undefined = first;
  // An empty one is read to its end too: until then its connection is not free.
  do {
    try {
      body ??= await open(at);
      for await (const chunk of body) {
        at += chunk.length;
        failures = 0;
        yield chunk;
      }
      if (at < size) throw new Error(`The body ended after ${at} of its ${size} bytes`);
    } catch (cause) {
      if (isFinal(cause)) throw cause;
      if (++failures >= MAX_FAILURES) throw broken(cause);
      await pause(failures);
    }
    body = undefined;
  } while (at < size);
}

/** Tries to read something whole until it succeeds. Throws SitepodError `unavailable` as `resumedBody` does. */
export async function readWhole<T>(read: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await read();
    } catch (cause) {
      if (isFinal(cause)) throw cause;
      if (failures >= MAX_FAILURES) throw broken(cause);
      await pause(failures);
    }
  }
}

/** Whether the store has answered, and the client has tried again where that could help. */
const isFinal = (error: unknown) => error instanceof SitepodError || statusOf(error) !== undefined;

/** Waits for a random time, twice as long each time: many that were cut off together do not come back together. */
const pause = (failures: number) => Bun.sleep(Math.random() * BASE_PAUSE_MS * 2 ** failures);

const broken = (cause: unknown) =>
  new SitepodError("unavailable", "The object store breaks its answers off. Try again in a moment.", { cause });
