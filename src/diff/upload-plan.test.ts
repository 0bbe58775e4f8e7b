import { expect, test } from "bun:test";
import type { Digest } from "#model";
import { findChanges } from "./upload-plan.ts";

const digestOf = (letter: string) => letter.codePointAt(0)!.toString(16).padStart(2, "0").repeat(32) as Digest;
const file = (path: string, content: string) => ({ path, digest: digestOf(content) });
const before = (files: Record<string, string>) => Object.entries(files).map(([path, content]) => file(path, content));

test("what is new and what has another content is a change; what is as it was is not", () => {
  const files = [file("changed", "2"), file("kept", "k"), file("new", "n")];
  expect(findChanges(before({ changed: "1", kept: "k" }), files)).toEqual({
    changed: [0, 2],
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
    changed: [0],
    removed: ["old"],
  });
});
