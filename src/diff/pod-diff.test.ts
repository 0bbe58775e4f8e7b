import { expect, test } from "bun:test";
import { diffPods } from "./pod-diff.ts";

const file = (path: string, hash: string, size = 1) => ({ path, hash, size });

test("added, changed and removed files are told apart, sorted by path", () => {
  const before = [file("same", "1"), file("z-gone", "2", 20), file("edited", "3", 30), file("a-gone", "4", 40)];
  const after = [file("new", "5", 50), file("edited", "6", 35), file("same", "1"), file("b-new", "5", 50)];
  expect(diffPods(before, after)).toEqual({
    added: [
      { path: "b-new", size: 50 },
      { path: "new", size: 50 },
    ],
    changed: [{ path: "edited", size: 35, previous_size: 30 }],
    removed: [
      { path: "a-gone", size: 40 },
      { path: "z-gone", size: 20 },
    ],
    unchanged: 1,
  });
});

test("a change that keeps the size is a change", () => {
  expect(diffPods([file("a", "1", 5)], [file("a", "2", 5)]).changed).toHaveLength(1);
});

test("the difference of a pod and itself is empty", () => {
  const files = [file("a", "1"), file("b", "2")];
  expect(diffPods(files, files)).toEqual({ added: [], changed: [], removed: [], unchanged: 2 });
});
