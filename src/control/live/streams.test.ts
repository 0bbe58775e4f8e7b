import { expect, test } from "bun:test";
import { createStreams, type Feed } from "./streams.ts";
import { watchResponse } from "./watch-response.ts";

const event = new TextEncoder().encode("event: line\ndata: 1\n\n");

/** A feed of what is put into it, and how often it was read. */
function createFeed() {
  const waiting: Uint8Array[] = [];
  let wake = () => {};
  const seen = { reads: 0, ends: 0 };
  const feed: Feed = {
    read() {
      seen.reads++;
      return waiting.shift();
    },
    isOver: () => false,
    end: () => seen.ends++,
  };
  return {
    seen,
    open: (waker: () => void) => {
      wake = waker;
      return feed;
    },
    put: () => waiting.push(event),
    wake: () => wake(),
  };
}

test("a stream that is woken for nothing waits on, and sends nothing", async () => {
  const streams = createStreams();
  const { open, put, wake, seen } = createFeed();
  await using watched = watchResponse(await streams.answer(open));
  const next = watched.next();
  for (let i = 0; i < 5; i++) {
    wake();
    await Bun.sleep(0);
  }
  const { reads } = seen;
  await Bun.sleep(20);
  expect(seen.reads).toBe(reads);
  put();
  wake();
  expect((await next)!.name).toBe("line");
});

test("a client that leaves ends its feed, once", async () => {
  const streams = createStreams();
  const { open, seen } = createFeed();
  const watched = watchResponse(await streams.answer(open));
  const next = watched.next();
  expect(streams.count).toBe(1);
  await watched[Symbol.asyncDispose]();
  expect(await next).toBeUndefined();
  streams.close();
  expect([streams.count, seen.ends]).toEqual([0, 1]);
});

test("what nobody reads is not asked for", async () => {
  const streams = createStreams();
  const { open, put, wake, seen } = createFeed();
  const response = await streams.answer(open);
  put();
  wake();
  await Bun.sleep(5);
  expect(seen.reads).toBe(0);
  await response.body!.cancel();
});
