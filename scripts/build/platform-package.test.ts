import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../steps/run-command.ts";
import { findPin, matchesPin } from "./platform-package.ts";
import { targets } from "./targets.ts";

test("package-lock.json pins the parts of every target", () => {
  const lockFile = readFileSync(join(root, "package-lock.json"), "utf8");
  for (const { bunPackage, hashPackage } of targets) {
    expect(findPin(lockFile, bunPackage).integrity).toStartWith("sha512-");
    expect(findPin(lockFile, hashPackage).integrity).toStartWith("sha512-");
  }
});

test("a package without a pin is refused by name", () => {
  expect(() => findPin('{"packages":{}}', "@oven/bun-beos")).toThrow("does not pin @oven/bun-beos");
});

test("an archive with one other byte is not the pinned one", () => {
  const integrity = `sha512-${createHash("sha512").update("archive").digest("base64")}`;
  const pin = { version: "1.0.0", integrity };
  expect(matchesPin(Buffer.from("archive"), pin)).toBe(true);
  expect(matchesPin(Buffer.from("archivf"), pin)).toBe(false);
});
