import { expect, test } from "bun:test";
import { parseWorkers } from "./workers-option.ts";

test("auto is one a core, a number is itself, up to 256", () => {
  expect(parseWorkers("auto", "linux", 12)).toBe(12);
  expect(parseWorkers("1", "linux", 12)).toBe(1);
  expect(parseWorkers("256", "linux", 12)).toBe(256);
  for (const text of ["0", "257", "-1", "2.5", "two", ""]) expect(parseWorkers(text, "linux", 12)).toBeUndefined();
});

test("where the system shares no port out there is one alone", () => {
  expect(parseWorkers("auto", "darwin", 12)).toBe(1);
  expect(parseWorkers("1", "win32", 12)).toBe(1);
  expect(parseWorkers("2", "darwin", 12)).toBeUndefined();
});
