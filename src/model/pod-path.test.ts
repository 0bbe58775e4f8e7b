import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { findLookalikes, findPathCollisions, MAX_PATH_BYTES, parsePodPath, type PodPath } from "./pod-path.ts";

const faultOf = (text: string): string | undefined => {
  const parsed = parsePodPath(text);
  return parsed.ok ? undefined : parsed.fault;
};

test.each([
  "index.html",
  "a/b/c.css",
  ".well-known/security.txt",
  "...",
  "..a/b..",
  "with space/ä-ß-日本.html",
  "emoji-🦊.png",
  "100%.txt",
  "a?b#c&d=e.html",
  "'quotes\".txt",
  "C:/windows.txt",
  "a".repeat(MAX_PATH_BYTES),
])("accepts %p as it is spelt", (path) => {
  expect(parsePodPath(path)).toEqual({ ok: true, value: path as PodPath });
});

test.each([
  ["", "a path is empty"],
  ["..", 'has a ".." segment'],
  [".", 'has a "." segment'],
  ["../up.html", 'has a ".." segment'],
  ["a/../../b", 'has a ".." segment'],
  ["a/./b", 'has a "." segment'],
  ["/etc/passwd", "is absolute"],
  ["//host/share", "is absolute"],
  ["a//b", "has an empty segment"],
  ["folder/", "has an empty segment"],
  ["a\\b", "holds a backslash"],
  ["..\\..\\b", "holds a backslash"],
  ["a\u0000.html", "holds a control character"],
  ["a\nb", "holds a control character"],
  ["a\u007fb", "holds a control character"],
  ["a\ud800b", "is not valid Unicode"],
  ["a".repeat(MAX_PATH_BYTES + 1), "is longer than 1024 bytes"],
  ["ä".repeat(MAX_PATH_BYTES / 2 + 1), "is longer than 1024 bytes"],
])("refuses %p and says why", (path, reason) => {
  expect(faultOf(path)).toContain(reason);
});

test("a fault shows the path, but not all of a long one", () => {
  expect(faultOf("a/../b")).toStartWith('path "a/../b" ');
  expect(faultOf(`/${"x".repeat(5000)}`)?.length).toBeLessThan(200);
});

/** Text made of what paths go wrong by, so that most draws come close to a rule. */
const nearPath = fc
  .array(
    fc.oneof(
      fc.constantFrom("/", "//", ".", "..", "../", "\\", "\u0000", "\n", "%2e", "\ud800", " "),
      fc.string({ unit: "binary", maxLength: 8 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

test("what is accepted stays below the folder it is written to, and is what was given", () => {
  fc.assert(
    fc.property(nearPath, (text) => {
      const parsed = parsePodPath(text);
      if (!parsed.ok) return;
      const base = "file:///base/folder/";
      const below = new URL(parsed.value.split("/").map(encodeURIComponent).join("/"), base);
      expect(below.href).toStartWith(base);
      expect(decodeURIComponent(below.pathname)).toBe(`/base/folder/${text}`);
    }),
    { numRuns: 2000 },
  );
});

test("every path of plain segments is accepted, and refused as soon as one segment leaves", () => {
  const segment = fc.stringMatching(/^[a-zA-Z0-9_-][a-zA-Z0-9._-]{0,20}$/);
  const segments = fc.array(segment, { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(segments, fc.nat(), fc.constantFrom("..", ".", "", "a\\b", "a\u0000b"), (good, seed, bad) => {
      expect(parsePodPath(good.join("/")).ok).toBe(true);
      expect(parsePodPath(good.toSpliced(seed % good.length, 0, bad).join("/")).ok).toBe(false);
    }),
  );
});

describe("a set of paths", () => {
  const collisions = (paths: readonly string[], allowCase = false) =>
    findPathCollisions(paths.toSorted() as unknown as PodPath[], allowCase);

  test("is fine where each is another file", () => {
    expect(collisions(["a.html", "a/b.html", "a/c.html", "ab/c.html"])).toEqual([]);
  });

  test("may not hold one path twice", () => {
    expect(collisions(["a.html", "b.html", "a.html"])).toEqual(['path "a.html" is listed twice']);
  });

  test("may not hold a file that is also a folder, however deep", () => {
    expect(collisions(["a", "a/b/c.html"])).toEqual(['path "a" is both a file and a folder']);
    expect(collisions(["a/b/c.html", "a/b"])).toEqual(['path "a/b" is both a file and a folder']);
  });

  test("tells of a folder once, however much is in it", () => {
    const deep = Array.from({ length: 500 }, (_, i) =>
      Array(i + 1)
        .fill("a")
        .join("/"),
    );
    const files = Array.from({ length: 500 }, (_, i) => `${deep.at(-1)}/${i}`);
    expect(collisions([...deep, ...files])).toHaveLength(deep.length);
    expect(collisions(["a", "a!", "a-b/c", "a/b", "a/c"])).toEqual(['path "a" is both a file and a folder']);
  });

  test("that hold the same letters, composed and decomposed, are told as lookalikes", () => {
    const [composed, decomposed] = ["caf\u00e9.html", "cafe\u0301.html"];
    expect(findLookalikes([composed, "cafe.html", decomposed, "a.html"])).toEqual([
      `paths "${composed}" and "${decomposed}" look the same: their accents are spelled otherwise`,
    ]);
    expect(findLookalikes([composed, "caf\u00e8.html"])).toEqual([]);
  });

  test("may hold paths that differ by case alone only where that is allowed", () => {
    expect(collisions(["Logo.png", "logo.png"])).toEqual([
      'paths "Logo.png" and "logo.png" differ by case alone; rename one, or set allow_case_collisions',
    ]);
    expect(collisions(["Logo.png", "logo.png"], true)).toEqual([]);
  });

  test("collides in whatever order it is given", () => {
    const paths = fc.array(fc.constantFrom("a", "A", "a/b", "a/b/c", "d", "d/e"), { maxLength: 8 });
    fc.assert(
      fc.property(paths, (given) => {
        expect(collisions(given.toReversed()).length > 0).toBe(collisions(given).length > 0);
      }),
    );
  });
});
