import { expect, test } from "bun:test";
import { makeFolder } from "./dropped-folder.ts";

const dropped = (...paths: string[]) => paths.map((path) => ({ path, file: new File([], path) }));
const pathsOf = (...paths: string[]) => makeFolder(dropped(...paths)).files.map(({ path }) => path);

test("a folder is deployed without its own name, its files in order", () => {
  const folder = makeFolder(dropped("dist/index.html", "dist/assets/app.js", "dist/.DS_Store"));
  expect(folder).toMatchObject({ name: "dist", leftOut: 1 });
  expect(folder.files.map(({ path }) => path)).toEqual(["assets/app.js", "index.html"]);
});

test("several folders and loose files keep their paths", () => {
  expect(pathsOf("css/a.css", "index.html")).toEqual(["css/a.css", "index.html"]);
  expect(pathsOf("index.html")).toEqual(["index.html"]);
  expect(makeFolder([])).toEqual({ name: "", files: [], leftOut: 0 });
});
