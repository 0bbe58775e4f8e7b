import { expect, test } from "bun:test";
import { findHostTarget, findTarget, formatExecutableName } from "./targets.ts";

test("an unknown target is refused with the list of known ones", () => {
  expect(() => findTarget("linux-sparc")).toThrow('Unknown target "linux-sparc": use one of linux-x64, linux-arm64');
});

test("the machine's own target follows from its platform and processor", () => {
  expect(findHostTarget("darwin", "arm64").name).toBe("darwin-arm64");
  expect(findHostTarget("win32", "x64").name).toBe("windows-x64");
  expect(() => findHostTarget("aix", "ppc64")).toThrow("choose one with --target");
});

test("the executable for another machine carries its name, .exe on Windows", () => {
  expect(formatExecutableName(findTarget("linux-x64"), true)).toBe("sitepod");
  expect(formatExecutableName(findTarget("darwin-arm64"), false)).toBe("sitepod-darwin-arm64");
  expect(formatExecutableName(findTarget("windows-x64"), false)).toBe("sitepod-windows-x64.exe");
});
