import { expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { makeTree } from "../temporary-tree.ts";
import { scanFolder } from "./scan.ts";

const scan = async (folder: string, isIgnored: (path: string) => boolean = () => false) =>
  await scanFolder(folder, { isIgnored, allowCaseCollisions: false, signal: new AbortController().signal });

const pathsOf = async (folder: string) => (await scan(folder)).files.map(({ path }) => path as string);

test("every file is found, sorted, with its size", async () => {
  await using tree = await makeTree({ "index.html": "hello", "a/b/c.txt": "", "a/.hidden": "x" });
  const { files, faults } = await scan(tree.folder);
  expect(files.map(({ path, size }) => [path as string, size])).toEqual([
    ["a/.hidden", 1],
    ["a/b/c.txt", 0],
    ["index.html", 5],
  ]);
  expect(faults).toEqual([]);
});

test("names are taken as they are: composed, decomposed, with # and ? and spaces", async () => {
  const names = ["caf\u00e9.html", "cafe\u0301s.html", "a#b?c.html", "two words.html", "日本.html", "100%.html"];
  await using tree = await makeTree(Object.fromEntries(names.map((name) => [name, "x"])));
  expect((await pathsOf(tree.folder)).sort()).toEqual(names.sort());
});

test("what the globs leave out is not looked into", async () => {
  await using tree = await makeTree({ "index.html": "x", "private/a": "x", "private/out": { link: "/etc" } });
  const { files, faults, ignored } = await scan(tree.folder, (path) => path === "private");
  expect(files).toHaveLength(1);
  expect(faults).toEqual([]);
  expect(ignored).toBe(1);
});

test("links inside the folder are followed, to files and to folders", async () => {
  await using tree = await makeTree({
    "real/page.html": "page",
    "alias.html": { link: "real/page.html" },
    twin: { link: "real" },
    "again.html": { link: "alias.html" },
  });
  const { files, faults } = await scan(tree.folder);
  expect(faults).toEqual([]);
  expect(files.map(({ path, size }) => [path as string, size])).toEqual([
    ["again.html", 4],
    ["alias.html", 4],
    ["real/page.html", 4],
    ["twin/page.html", 4],
  ]);
});

test("a folder reached by a link may be deployed", async () => {
  await using tree = await makeTree({ "real/index.html": "x", current: { link: "real" } });
  expect(await pathsOf(join(tree.folder, "current"))).toEqual(["index.html"]);
});

test("links that leave the folder are refused, naming link and target", async () => {
  await using outside = await makeTree({ "secret.txt": "secret" });
  const target = await realpath(outside.folder);
  await using tree = await makeTree({
    "index.html": "x",
    "file.txt": { link: join(outside.folder, "secret.txt") },
    folder: { link: outside.folder },
  });
  const { files, faults } = await scan(tree.folder);
  expect(files).toHaveLength(1);
  expect(faults).toEqual([
    `link "file.txt" leads out of the folder, to ${target}/secret.txt; copy what it names, or ignore it`,
    `link "folder" leads out of the folder, to ${target}; copy what it names, or ignore it`,
  ]);
});

test("a folder whose name begins with the deployed one's is outside", async () => {
  await using tree = await makeTree({ "site/a": { link: "../site-private/key" }, "site-private/key": "secret" });
  expect((await scan(join(tree.folder, "site"))).faults).toEqual([
    expect.stringMatching(/^link "a" leads out of the folder, to .*\/site-private\/key;/),
  ]);
});

test("loops of links are refused, and the scan ends", async () => {
  await using tree = await makeTree({
    "a/index.html": "x",
    "a/up": { link: ".." },
    "a/self": { link: "self" },
    "b/c": { link: "../b" },
  });
  const { faults } = await scan(tree.folder);
  expect(faults).toEqual([
    expect.stringMatching(/^link "a\/self" leads to nothing: self;/),
    expect.stringMatching(/^link "a\/up" leads back to a folder that it is in, /),
    expect.stringMatching(/^link "b\/c" leads back to a folder that it is in, /),
  ]);
});

test("a link to nothing is refused, naming where it points", async () => {
  await using tree = await makeTree({ "jquery.js": { link: "../lib/jquery.js" } });
  expect((await scan(tree.folder)).faults).toEqual([
    'link "jquery.js" leads to nothing: ../lib/jquery.js; correct it, remove it or ignore it',
  ]);
});

test("what no path of a pod can name is refused, all of it at once", async () => {
  await using tree = await makeTree({ "a\\b.html": "x", "line\nbreak": "x", "index.html": "x", "INDEX.html": "x" });
  const { faults } = await scan(tree.folder);
  expect(faults).toEqual([
    expect.stringContaining("holds a backslash"),
    expect.stringContaining("holds a control character"),
    expect.stringContaining("differ by case alone"),
  ]);
});

test("pipes and sockets are refused rather than waited for", async () => {
  await using tree = await makeTree({ "index.html": "x" });
  execFileSync("mkfifo", [join(tree.folder, "pipe")]);
  expect((await scan(tree.folder)).faults).toEqual(['"pipe" is neither a file nor a folder; remove or ignore it']);
});

test("a folder that cannot be read is a fault, not a silence", async () => {
  await using tree = await makeTree({ "one/x": "x", "two/x": "x" });
  // Whichever is looked into first takes the other away.
  const { faults } = await scan(tree.folder, (path) => {
    const other = { "one/x": "two", "two/x": "one" }[path];
    if (other !== undefined) rmSync(join(tree.folder, other), { recursive: true });
    return false;
  });
  expect(faults).toEqual([expect.stringMatching(/^folder "(?:one|two)" cannot be read \(ENOENT\)$/)]);
});

test("a scan ends where it is interrupted", async () => {
  await using tree = await makeTree({ "index.html": "x" });
  const options = { isIgnored: () => false, allowCaseCollisions: false, signal: AbortSignal.abort() };
  expect(scanFolder(tree.folder, options)).rejects.toThrow();
});
