import { expect, test } from "bun:test";
import { DEFAULT_IGNORE } from "#wire";
import { createIgnore } from "./ignore.ts";

/** Whether a file is left out, alone or with a folder that it is in. */
function isLeftOut(globs: readonly string[], path: string): boolean {
  const isIgnored = createIgnore(globs);
  return path.split("/").some((_, i, segments) => isIgnored(segments.slice(0, i + 1).join("/")));
}

const byDefault: [path: string, isLeftOut: boolean][] = [
  ["index.html", false],
  ["assets/app.js", false],
  ["assets/app.js.map", true],
  [".env", true],
  [".git/config", true],
  ["deep/down/.DS_Store", true],
  ["node_modules/a/b.js", true],
  ["vendor/node_modules/b.js", false],
  [".well-known/security.txt", false],
  [".well-known/acme/.secret", true],
  [".well-known/app.map", true],
];

test.each(byDefault)("by default, %s: left out is %p", (path, expected) => {
  expect(isLeftOut(DEFAULT_IGNORE, path)).toBe(expected);
});

const own: [glob: string, path: string, isLeftOut: boolean][] = [
  ["*.psd", "art/logo.psd", true],
  ["drafts", "drafts/a.html", true],
  ["drafts", "blog/drafts/a.html", true],
  ["blog/drafts", "blog/drafts/a.html", true],
  ["blog/drafts", "old/blog/drafts/a.html", false],
  ["/private", "private/a.html", true],
  ["/private", "blog/private/a.html", false],
  ["./sitepod.toml", "sitepod.toml", true],
  ["./sitepod.toml", "docs/sitepod.toml", false],
  [".*/**", ".well-known/security.txt", false],
  [".well-known/*.txt", ".well-known/security.txt", true],
  [".well-known", ".well-known/security.txt", true],
];

test.each(own)("%s, %s: left out is %p", (glob, path, expected) => {
  expect(isLeftOut([glob], path)).toBe(expected);
});
