import { expect, test } from "bun:test";
import { findRanked } from "./rank.ts";

const find = (typed: string, ...texts: string[]) => findRanked(texts, typed, (text) => text);

test("what begins with the letters comes first, then words that do, then letters in their order", () => {
  expect(find("do", "adobe", "my-docs", "docs", "d-o")).toEqual(["docs", "my-docs", "adobe", "d-o"]);
  expect(find("gts", "Go to settings", "Tags")).toEqual(["Go to settings"]);
});

test("case and spaces make no difference, and what does not answer is left out", () => {
  expect(find("MY SH", "my-shop", "my shop", "other")).toEqual(["my-shop", "my shop"]);
  expect(find("", "a", "b")).toEqual(["a", "b"]);
});
