import { expect, test } from "bun:test";
import type { Digest, Entry } from "#model";
import { decideIntent, decideNowhere, type FindEntry } from "./intent.ts";

const finder =
  (...paths: string[]): FindEntry =>
  (path) =>
    paths.includes(path) ? entry(path) : undefined;
const entry = (path: string): Entry => ({ path, digest: "0".repeat(64) as Digest, size: 1, type: "text/plain" });
const file = (path: string, status: 200 | 404 = 200) => ({ kind: "file", entry: entry(path), status }) as const;
const redirect = (location: string) => ({ kind: "redirect", location }) as const;
const missing = { kind: "missing" } as const;

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
  ["the root is its index.html", site, "", file("index.html")],
  ["a folder is its index.html", site, "docs/", file("docs/index.html")],
  ["a file is itself", site, "x.js", file("x.js")],
  ["an index.html is itself", site, "docs/index.html", file("docs/index.html")],
  ["a page needs no .html", site, "about", file("about.html")],
  ["a folder without its slash is redirected", site, "docs", redirect("/docs/")],
  ["a redirect is encoded", site, "a b", redirect("/a%20b/")],
  ["a missing file is the site's 404 page", site, "nope.js", file("404.html", 404)],
  ["a missing page is the site's 404 page", site, "nope", file("404.html", 404)],
  ["a missing folder is the site's 404 page", site, "nope/", file("404.html", 404)],
  ["the nearest 404 page answers", site, "docs/deep/down/nope", file("docs/404.html", 404)],
  ["a file is no folder", site, "x.js/", file("404.html", 404)],
  ["without a 404 page, a path without a dot is the application", app, "users/7", file("index.html")],
  ["so is one that ends in a slash", app, "users/", file("index.html")],
  ["a missing asset is never the application", app, "assets/old.js", missing],
  ["a folder's own 404 page comes first", app, "docs/nope", file("docs/404.html", 404)],
  ["an empty pod has nothing", finder(), "", missing],
] as const)("%s", (_, find, path, expected) => {
  expect(decideIntent(path, find)).toEqual(expected);
});

test("a path that no pod can hold is never the application", () => {
  expect(decideNowhere(site)).toEqual(file("404.html", 404));
  expect(decideNowhere(app)).toEqual(missing);
});
