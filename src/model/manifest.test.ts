import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Digest } from "./digest.ts";
import { encodeManifest, type Entry, openManifest, totalSize } from "./manifest.ts";

const digestOf = (byte: number): Digest => byte.toString(16).padStart(2, "0").repeat(32) as Digest;

const entry = (path: string, size = 1, type = "text/html; charset=utf-8"): Entry => ({
  path,
  digest: digestOf(path.length % 256),
  size,
  type,
});

const files = fc.uniqueArray(
  fc.record({
    path: fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
    digest: fc.nat({ max: 255 }).map(digestOf),
    size: fc.nat({ max: 2 ** 48 - 1 }),
    type: fc.constantFrom("text/html; charset=utf-8", "image/png", "application/octet-stream"),
  }),
  { selector: ({ path }) => path, maxLength: 60 },
);

const open = (bytes: Uint8Array) => {
  const manifest = openManifest(bytes);
  if (!manifest) throw new Error("not a manifest");
  return manifest;
};

test("what is encoded is found again by its path, and nothing else is", () => {
  fc.assert(
    fc.property(files, fc.string(), (entries, other) => {
      const manifest = open(encodeManifest(entries));
      expect(manifest.fileCount).toBe(entries.length);
      for (const file of entries) expect(manifest.find(file.path)).toEqual(file);
      if (!entries.some(({ path }) => path === other)) expect(manifest.find(other)).toBeUndefined();
    }),
  );
});

test("a manifest that is changed is the one that the files have which it then describes", () => {
  fc.assert(
    fc.property(files, files, fc.array(fc.nat()), (before, put, gone) => {
      const removed = gone.flatMap((at) => before[at % Math.max(before.length, 1)]?.path ?? []);
      const base = open(encodeManifest(before));
      const after = new Map(before.map((file) => [file.path, file]));
      for (const path of removed) after.delete(path);
      for (const file of put) after.set(file.path, file);
      const changed = base.change({ put, removed, settings: {} });
      expect(changed).toEqual(encodeManifest(after.values()));
      const isOther = ({ path, digest, size }: Entry) =>
        base.find(path)?.digest !== digest || base.find(path)?.size !== size;
      const contentOf = ({ digest, size }: Entry) => ({ digest, size });
      const entries = [...open(changed).entries()];
      expect([...open(changed).contents(base)]).toEqual(entries.filter(isOther).map(contentOf));
      expect([...open(changed).contents(undefined)]).toEqual(entries.map(contentOf));
      expect([...open(changed).paths()] as string[]).toEqual(entries.map(({ path }) => path));
      expect(open(changed).totalSize).toBe(totalSize(after.values()));
    }),
  );
});

test("one set of files has one encoding, whatever order it is given in", () => {
  fc.assert(
    fc.property(
      files.chain((entries) =>
        fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })),
      ),
      ([entries, shuffled]) => {
        expect(encodeManifest(shuffled)).toEqual(encodeManifest(entries));
      },
    ),
  );
});

test("another path, digest, size or type is another encoding", () => {
  const encoded = Buffer.from(encodeManifest([entry("a.html")]));
  const others = [
    { ...entry("a.html"), path: "b.html" },
    { ...entry("a.html"), digest: digestOf(0xee) },
    { ...entry("a.html"), size: 2 },
    { ...entry("a.html"), type: "text/plain" },
  ];
  for (const other of others) expect(encoded.equals(encodeManifest([other]))).toBe(false);
});

test("settings are part of the encoding and are read again", () => {
  const manifest = open(encodeManifest([entry("a.html")], { html_handling: "none" }));
  expect(manifest.settings).toEqual({ html_handling: "none" });
  expect(manifest.find("a.html")).toEqual(entry("a.html"));
});

test("default settings are encoded like none", () => {
  expect(encodeManifest([entry("a.html")], { html_handling: "auto-trailing-slash" })).toEqual(
    encodeManifest([entry("a.html")]),
  );
  expect(open(encodeManifest([])).settings).toEqual({});
});

test("entries come in the order of their paths' bytes, where UTF-16 would sort otherwise", () => {
  const paths = ["\u{1f98a}", "\uff5e", "ä", "a/b", "a.b", "a"];
  const manifest = open(encodeManifest(paths.map((path) => entry(path))));
  expect(Array.from(manifest.entries(), ({ path }) => path)).toEqual(["a", "a.b", "a/b", "ä", "\uff5e", "\u{1f98a}"]);
});

test("sizes above four gibibytes are kept", () => {
  const size = 2 ** 47 + 12_345;
  expect(open(encodeManifest([entry("film.mp4", size)])).find("film.mp4")?.size).toBe(size);
});

test("a manifest is read at any place in a buffer", () => {
  const encoded = encodeManifest([entry("index.html"), entry("a/b.css")]);
  const moved = new Uint8Array(encoded.length + 3);
  moved.set(encoded, 3);
  expect(open(moved.subarray(3)).find("a/b.css")).toEqual(entry("a/b.css"));
});

test("an empty pod has a manifest", () => {
  const manifest = open(encodeManifest([]));
  expect(manifest.fileCount).toBe(0);
  expect(manifest.find("")).toBeUndefined();
});

test("a path given twice is a bug of the caller", () => {
  expect(() => encodeManifest([entry("a.html"), entry("a.html", 2)])).toThrow('Path "a.html" is listed twice');
});

test("each of as many media types as there can be is kept, and one more is refused, also where it is added later", () => {
  const typed = (i: number) => entry(`${i}`, 1, `text/x-${i}`);
  const most = Array.from({ length: 2 ** 16 }, (_, i) => typed(i));
  const manifest = open(encodeManifest(most));
  for (const { path, type } of manifest.entries())
    if (type !== `text/x-${path}`) throw new Error(`${path} has ${type}`);
  expect(() => encodeManifest([...most, typed(most.length)])).toThrow("65537 media types, and a pod holds 65536");
  const more = { put: [typed(most.length)], settings: {} };
  expect(() => manifest.change({ ...more, removed: [] })).toThrow("65537 media types");
  expect(open(manifest.change({ ...more, removed: ["0"] })).find("65536")).toEqual(typed(most.length));
});

test("bytes that are cut off, longer, or something else are no manifest", () => {
  const encoded = encodeManifest([entry("index.html"), entry("a/b.css")], { rules_dialect: "cloudflare" });
  for (let length = 0; length < encoded.length; length++) {
    expect(openManifest(encoded.subarray(0, length))).toBeUndefined();
  }
  expect(openManifest(new Uint8Array([...encoded, 0]))).toBeUndefined();
  for (const at of [0, 4, 8, 12, 16, 20, encoded.length - 1]) {
    const changed = encoded.slice();
    changed[at] = (changed[at] ?? 0) + 1;
    expect(openManifest(changed)).toBeUndefined();
  }
});

test("a manifest with any byte changed is refused or read, and never crashes the reader", () => {
  const encoded = encodeManifest([entry("index.html"), entry("a/b.css", 7, "text/css"), entry("c.html")]);
  fc.assert(
    fc.property(fc.nat(encoded.length - 1), fc.nat(255), (at, byte) => {
      const changed = encoded.slice();
      changed[at] = byte;
      const manifest = openManifest(changed);
      for (const path of ["index.html", "a/b.css", "zzz"]) manifest?.find(path);
      expect(Array.from(manifest?.entries() ?? []).length).toBe(manifest?.fileCount ?? 0);
    }),
    { numRuns: 1000 },
  );
});

test("the total size is the sum of the files' sizes", () => {
  expect(totalSize([])).toBe(0);
  expect(totalSize([entry("a", 3), entry("b", 4)])).toBe(7);
});
