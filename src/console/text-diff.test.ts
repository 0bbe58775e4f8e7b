import { expect, test } from "bun:test";
import { diffTexts } from "./text-diff.ts";

test("lines are told apart, and numbered on both sides", () => {
  const [hunk, ...others] = diffTexts("a\nb\nc\n", "a\nx\nc\nd\n") ?? [];
  expect(others).toEqual([]);
  expect(hunk?.lines.map(({ kind, text, before, after }) => [kind, text, before, after])).toEqual([
    ["same", "a", 1, 1],
    ["removed", "b", 2, undefined],
    ["added", "x", undefined, 2],
    ["same", "c", 3, 3],
    ["added", "d", undefined, 4],
  ]);
});

test("far apart, changes are hunks of their own; equal texts have none", () => {
  const text = Array.from({ length: 40 }, (_, i) => `line ${i}`);
  const changed = text.with(2, "x").with(35, "y");
  expect(diffTexts(text.join("\n"), changed.join("\n"))).toHaveLength(2);
  expect(diffTexts("a", "a")).toEqual([]);
});

test("markup is text like any other", () => {
  const [hunk] = diffTexts("", "<script>alert(1)</script>") ?? [];
  expect(hunk?.lines).toEqual([{ kind: "added", text: "<script>alert(1)</script>", before: undefined, after: 1 }]);
});
