import { expect, test } from "bun:test";
import type { Digest, Entry } from "#model";
import { decideInstead, decideIntent, decideNowhere, type FindEntry } from "./intent.ts";

const finder =
  (...paths: string[]): FindEntry =>
  (path) =>
    paths.includes(path) ? entry(path) : undefined;
const entry = (path: string): Entry => ({ path, digest: "0".repeat(64) as Digest, size: 1, type: "text/plain" });
/** A file served at an address, or in place of something else. */
const file = (path: string, address: string) => ({ kind: "file", entry: entry(path), status: 200, address }) as const;
const instead = (path: string, status: 200 | 404) => ({ kind: "file", entry: entry(path), status }) as const;
const redirect = (location: string) => ({ kind: "redirect", location }) as const;
const missingPage = { kind: "missing", isAsset: false } as const;
const missingAsset = { kind: "missing", isAsset: true } as const;

const site = finder(
  "index.html",
  "404.html",
  "about.html",
  "a b/index.html",
  "docs/index.html",
  "docs/404.html",
  "x.js",
);
const app = finder("index.html", "docs/404.html", "assets/app.js");

test.each([
  ["the root is its index.html", site, "", file("index.html", "/")],
  ["a folder is its index.html", site, "docs/", file("docs/index.html", "/docs/")],
  ["a file is itself", site, "x.js", file("x.js", "/x.js")],
  ["an index.html is its folder", site, "docs/index.html", redirect("/docs/")],
  ["a page needs no .html", site, "about", file("about.html", "/about")],
  ["a folder without its slash is redirected", site, "docs", redirect("/docs/")],
  ["a redirect is encoded", site, "a b", redirect("/a%20b/")],
  ["a missing file is the site's 404 page", site, "nope.js", instead("404.html", 404)],
  ["a missing page is the site's 404 page", site, "nope", instead("404.html", 404)],
  ["a missing folder is the site's 404 page", site, "nope/", instead("404.html", 404)],
  ["the nearest 404 page answers", site, "docs/deep/down/nope", instead("docs/404.html", 404)],
  ["a file is no folder", site, "x.js/", instead("404.html", 404)],
  ["without a 404 page, a path without a dot is the application", app, "users/7", instead("index.html", 200)],
  ["so is one that ends in a slash", app, "users/", instead("index.html", 200)],
  ["a missing asset is never the application", app, "assets/old.js", missingAsset],
  ["nor is a missing page that says .html", app, "old.html", missingPage],
  ["a folder's own 404 page comes first", app, "docs/nope", instead("docs/404.html", 404)],
  ["an empty pod has nothing", finder(), "", missingPage],
] as const)("%s", (_, find, path, expected) => {
  expect(decideIntent(path, "auto-trailing-slash", find)).toEqual(expected);
});

test("a path that no pod can hold is never the application", () => {
  expect(decideNowhere(site)).toEqual(instead("404.html", 404));
  expect(decideNowhere(app)).toEqual(missingPage);
});

test.each([
  ["/about", 200, "about.html"],
  ["/about.html", 410, "about.html"],
  ["/docs", 404, "docs/index.html"],
  ["/a%20b.txt", 200, "a b.txt"],
])("in place of something else, %s answers with status %d and %s", (target, status, path) => {
  const find = finder("about.html", "docs/index.html", "a b.txt");
  expect(decideInstead(target, status, "auto-trailing-slash", find)).toEqual({
    kind: "file",
    entry: entry(path),
    status,
  });
});

test.each(["/none", "//about", "/%zz", "/about%2f"])("in place of something else, %s is a 404", (target) => {
  const find = finder("about.html", "404.html");
  expect(decideInstead(target, 200, "auto-trailing-slash", find)).toEqual({
    kind: "file",
    entry: entry("404.html"),
    status: 404,
  });
});
