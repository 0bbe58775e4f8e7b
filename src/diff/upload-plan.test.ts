import { expect, test } from "bun:test";
import type { Digest } from "#model";
import { distinctContents, findChanges } from "./upload-plan.ts";

const file = (path: string, content: string) => ({ path, digest: content as Digest });
const before = (files: Record<string, string>) => new Map(Object.entries(files)) as Map<string, Digest>;

test("what is new and what has another content is a change; what is as it was is not", () => {
  const files = [file("changed", "2"), file("kept", "k"), file("new", "n")];
  expect(findChanges(before({ changed: "1", kept: "k" }), files)).toEqual({
    changed: [file("changed", "2"), file("new", "n")],
    removed: [],
  });
});

test("what is gone is removed, also where nothing else has changed", () => {
  expect(findChanges(before({ gone: "g", kept: "k" }), [file("kept", "k")])).toEqual({
    changed: [],
    removed: ["gone"],
  });
});

test("a file that was renamed is one that is new and one that is removed", () => {
  expect(findChanges(before({ old: "x" }), [file("new", "x")])).toEqual({
    changed: [file("new", "x")],
    removed: ["old"],
  });
});

test("content that two files have is there once, under the first path", () => {
  expect(distinctContents([file("one", "a"), file("two", "a"), file("three", "c")])).toEqual([
    file("one", "a"),
    file("three", "c"),
  ]);
});
