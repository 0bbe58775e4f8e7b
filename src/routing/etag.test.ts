import { expect, test } from "bun:test";
import type { Digest } from "#model";
import { formatEtag } from "./etag.ts";

test("an entity tag is strong, quoted, and half of the digest", () => {
  const digest = `${"a1".repeat(16)}${"b2".repeat(16)}` as Digest;
  expect(formatEtag(digest)).toBe(`"${"a1".repeat(16)}"`);
});
