import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSessionKey } from "./session-key.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sitepod-key-"));
  path = join(folder, "session.key");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("the key is made once, readable by its owner alone, and kept", () => {
  const first = readSessionKey(path);
  expect(first).toEqual({ key: expect.stringMatching(/^[0-9a-f]{64}$/), made: "since-missing" });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readSessionKey(path)).toEqual({ key: first.key, made: "never" });
});

test("a key that was put back by hand, with a line's end, is the same key", () => {
  const { key } = readSessionKey(path);
  writeFileSync(path, `${key}\n`);
  expect(readSessionKey(path)).toEqual({ key, made: "never" });
});

test.each(["", "torn", "x".repeat(64)])(
  "of a damaged key, such as %p, a copy is kept, and that it was damaged is told",
  (text) => {
    writeFileSync(path, text);
    expect(readSessionKey(path)).toEqual({ key: expect.stringMatching(/^[0-9a-f]{64}$/), made: "since-damaged" });
    expect(readFileSync(`${path}.broken`, "utf8")).toBe(text);
    expect(readSessionKey(path).made).toBe("never");
  },
);

test("a key that cannot be read makes the control plane unavailable, and is left as it is", () => {
  mkdirSync(path);
  expect(() => readSessionKey(path)).toThrow("The key of sessions cannot be read; sites keep serving.");
  expect(statSync(path).isDirectory()).toBe(true);
});
