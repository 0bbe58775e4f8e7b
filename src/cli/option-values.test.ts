import { expect, test } from "bun:test";
import { parseReleaseChoice, parseSpan, parseWhole } from "./option-values.ts";

test.each([
  ["24h", 86_400],
  ["7d", 604_800],
  ["30m", 1800],
  ["90s", 90],
  ["3600", 3600],
] as const)("the span %s is %d seconds", (text, seconds) => {
  expect(parseSpan(text)).toBe(seconds);
});

test.each(["", "1w", "-1h", "1.5h", "h", "1h30m", "9999999999"])("%p is not a span", (text) => {
  expect(() => parseSpan(text)).toThrow("is not a span of time");
});

test("a release is named by its number, with or without v, or by its image", () => {
  expect(parseReleaseChoice("v12")).toEqual({ version: "v12" });
  expect(parseReleaseChoice("12")).toEqual({ version: "v12" });
  expect(parseReleaseChoice("img_0a1b")).toEqual({ image_id: "img_0a1b" });
});

test.each(["", "v0", "v01", "latest", "img_", "img_../x", "V1"])("%p names no release", (text) => {
  expect(() => parseReleaseChoice(text)).toThrow("is not a release");
});

test("whole numbers have bounds", () => {
  expect(parseWhole(1, 100)("100")).toBe(100);
  for (const text of ["0", "101", "1e1", "", " 1", "0x1"]) expect(() => parseWhole(1, 100)(text)).toThrow();
});
