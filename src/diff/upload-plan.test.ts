import { expect, test } from "bun:test";
import type { Digest } from "#model";
import { planUpload } from "./upload-plan.ts";

const digest = (letter: string) => letter.repeat(64) as Digest;
const file = (path: string, letter: string) => ({ path, digest: digest(letter) });
const having = (letters: string) => (wanted: Digest) => letters.includes(wanted[0]!);

test("what is there already is not sent", () => {
  const plan = planUpload([file("a", "a"), file("b", "b")], having("a"));
  expect(plan).toEqual({ missing: [file("b", "b")], reusable: 1 });
});

test("content that two files have is sent once, under the first path", () => {
  const plan = planUpload([file("one", "a"), file("two", "a"), file("three", "c")], having(""));
  expect(plan).toEqual({ missing: [file("one", "a"), file("three", "c")], reusable: 0 });
});

test("where everything is there, nothing is sent", () => {
  const plan = planUpload([file("a", "a"), file("b", "a"), file("c", "c")], having("ac"));
  expect(plan).toEqual({ missing: [], reusable: 3 });
});
