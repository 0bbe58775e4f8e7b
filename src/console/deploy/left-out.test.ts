import { expect, test } from "bun:test";
import { isLeftOut } from "./left-out.ts";

test("hidden files, source maps, installed packages and the project's own file are left out", () => {
  const paths = [".git/HEAD", "a/.DS_Store", "assets/app.js.map", "node_modules/a/index.js", "sitepod.toml"];
  expect(paths.filter((path) => !isLeftOut(path))).toEqual([]);
});

test("what a site must answer with is kept, and so is everything else", () => {
  const paths = ["index.html", ".well-known/security.txt", "map", "docs/node_modules/a.js", "a/sitepod.toml"];
  expect(paths.filter(isLeftOut)).toEqual([]);
});
