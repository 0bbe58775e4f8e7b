import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Digest, type Entry, HTML_HANDLINGS } from "#model";
import { findByPath } from "./html-handling.ts";

const finder = (paths: readonly string[]) => (path: string) => (paths.includes(path) ? entryOf(path) : undefined);
const entryOf = (path: string): Entry => ({ path, digest: "0".repeat(64) as Digest, size: 1, type: "text/plain" });

const names = fc.stringMatching(/^(?:(?:a|b|index|index\.html|a\.html)\/){0,2}(?:a|b|index|a\.js)?(?:\.html){0,2}$/);
const pods = fc.uniqueArray(
  names.filter((name) => name !== "" && !name.endsWith("/")),
  { minLength: 1, maxLength: 8 },
);

test.each(HTML_HANDLINGS)("%s: every file is reached from its own path, by at most one redirect", (mode) => {
  fc.assert(
    fc.property(pods, (paths) => {
      const find = finder(paths);
      for (const path of paths) {
        const found = findByPath(path, mode, find)!;
        const served = "address" in found ? findByPath(found.address, mode, find) : found;
        expect(served).toEqual({ entry: entryOf(path) });
      }
    }),
    { numRuns: 500 },
  );
});

test.each(HTML_HANDLINGS)("%s: a redirect leads to a file, and never on", (mode) => {
  fc.assert(
    fc.property(pods, names, (paths, path) => {
      const find = finder(paths);
      const found = findByPath(path, mode, find);
      if (!found || !("address" in found)) return;
      expect(findByPath(found.address, mode, find)).toHaveProperty("entry");
      expect(`/${found.address}`).not.toContain("//");
    }),
    { numRuns: 500 },
  );
});
