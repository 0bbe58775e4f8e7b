import { SitepodError } from "#model";
import { HEARTBEAT } from "./event-text.ts";

/** What one stream sends, from where its client is. */
export interface Feed {
  /** Returns what is there and was not sent yet; undefined where there is nothing now. */
  read(): Uint8Array | undefined;
  /** Whether nothing will come any more. */
  isOver(): boolean;
  /** Called now and then where nothing has come: what should have woken the stream may have been lost. */
  look?(): void;
  /** Called when the stream has ended, whoever ended it. */
  end(): void;
}

/** The streams that are open. */
export interface Streams {
  /**
   * Answers with a stream. `open` is given what wakes it, to be called where there is something to read. Throws
   * SitepodError `rate_limited` where there are too many.
   */
  answer(open: (wake: () => void) => Feed | Promise<Feed>): Promise<Response>;
  /** Ends all of them, and refuses others: their clients come back to whoever takes this server's place. */
  close(): void;
  readonly count: number;
}

/** Each has a connection, and a few kilobytes. */
const MAX_STREAMS = 2000;
const RETRY_S = 5;
/** Less than what proxies wait for a byte. */
const HEARTBEAT_MS = 15_000;
/** Then the client comes back by itself, and is asked again who it is. */
const LIFE_MS = 5 * 60_000;

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  // Or nginx would gather what it gets.
  "x-accel-buffering": "no",
};

/**
 * A stream reads its feed when its client has taken what came before: nothing is kept for a slow one, which then finds what
 * the feed still has.
 */
export function createStreams(): Streams {
  const open = new Set<() => void>();
  let isClosed = false;

  async function start(openFeed: (wake: () => void) => Feed | Promise<Feed>): Promise<ReadableStream<Uint8Array>> {
    const endMs = performance.now() + LIFE_MS;
    let wake = () => {};
    let isFirst = true;
    const feed = await openFeed(() => wake());
    const end = () => {
      if (!open.delete(end)) return;
      feed.end();
      wake();
    };
    open.add(end);

    /** Waits for something to read. False where nothing has come for so long that a heartbeat is due. */
    function isWoken(): Promise<boolean> {
      return new Promise((resolve) => {
        const settle = (woken: boolean) => {
          clearTimeout(timer);
          wake = () => {};
          resolve(woken);
        };
        const timer = setTimeout(() => settle(false), HEARTBEAT_MS);
        wake = () => settle(true);
      });
    }

    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          while (open.has(end)) {
            const chunk = feed.read();
            if (chunk) {
              isFirst = false;
              return controller.enqueue(chunk);
            }
            if (feed.isOver() || performance.now() >= endMs) break;
            // The head of an answer goes out with the first byte of its body.
            if (isFirst) {
              isFirst = false;
              return controller.enqueue(HEARTBEAT);
            }
            if (await isWoken()) continue;
            feed.look?.();
            if (open.has(end)) return controller.enqueue(HEARTBEAT);
          }
          end();
          controller.close();
        },
        cancel: end,
      },
      { highWaterMark: 0 },
    );
  }

  return {
    async answer(openFeed) {
      if (isClosed || open.size >= MAX_STREAMS) {
        throw new SitepodError("rate_limited", "There are too many streams open here. Try again in a moment.", {
          retryAfterS: RETRY_S,
        });
      }
      return new Response(await start(openFeed), { headers: HEADERS });
    },
    close() {
      isClosed = true;
      for (const end of open) end();
    },
    get count() {
      return open.size;
    },
  };
}
