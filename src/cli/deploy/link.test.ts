import { expect, test } from "bun:test";
import { createLink } from "./link.ts";

/** A link over which `bytes` arrived within `ms`. */
function linkOf(bytes: number, ms: number) {
  let nowMs = 1000;
  const link = createLink(() => nowMs);
  link.begin();
  nowMs += ms;
  link.end(bytes);
  return link;
}

test("a link is slow where a megabyte takes a second, and not where it takes ten milliseconds", () => {
  expect(linkOf(1_000_000, 1000).isSlow()).toBe(true);
  expect(linkOf(1_000_000, 10).isSlow()).toBe(false);
});

test("before anything has arrived, a link is not called slow", () => {
  expect(createLink(() => 0).isSlow()).toBe(false);
});
