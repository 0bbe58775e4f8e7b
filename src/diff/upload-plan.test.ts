import { expect, test } from "bun:test";
import type { Digest } from "#model";
import { planUpload } from "./upload-plan.ts";

const digest = (letter: string) => letter.repeat(64) as Digest;
const file = (path: string, letter: string) => ({ path, digest: digest(letter), size: 1 });

test("what is there already is not sent", () => {
  const plan = planUpload([file("a", "a"), file("b", "b")], new Set([digest("a")]));
  expect(plan).toEqual({ missing: [file("b", "b")], reusable: 1 });
});

test("content that two files have is sent once, under the first path", () => {
  const plan = planUpload([file("one", "a"), file("two", "a"), file("three", "c")], new Set());
  expect(plan).toEqual({ missing: [file("one", "a"), file("three", "c")], reusable: 1 });
});

test("every file is either sent or reusable", () => {
  const want = [file("a", "a"), file("b", "a"), file("c", "b"), file("d", "c")];
  const { missing, reusable } = planUpload(want, new Set([digest("c"), digest("f")]));
  expect(missing.length + reusable).toBe(want.length);
});
