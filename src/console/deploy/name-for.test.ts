import { expect, test } from "bun:test";
import { nameFor } from "./name-for.ts";

test.each([
  ["My Shop", "my-shop"],
  ["2026_report--final.", "report-final"],
  ["dist", ""],
  ["_site", ""],
  ["", ""],
  [`${"a".repeat(49)}--b`, "a".repeat(49)],
])("a folder %p makes the site %p", (folder, name) => {
  expect(nameFor(folder)).toBe(name);
});
