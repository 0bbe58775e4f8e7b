import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Digest } from "./digest.ts";
import { formatRef, MAX_SURVIVORS, moveRef, parseRef, type Ref, type RefTarget } from "./ref.ts";

const START_MS = Date.UTC(2026, 0, 31);
const HOUR_MS = 3_600_000;

const manifestOf = (release: number): Digest => release.toString(16).padStart(64, "0") as Digest;

const target = (release: number, manifest = manifestOf(release)): RefTarget => ({
  site: "docs",
  environment: "prod",
  release,
  image: `img_${release}`,
  manifest,
});

/** Moves through the releases, one a minute. */
function moveThrough(releases: readonly number[], survivalMs = 24 * HOUR_MS): Ref {
  let ref: Ref | undefined;
  for (const [i, release] of releases.entries()) {
    ref = moveRef(ref, target(release), START_MS + i * 60_000, survivalMs);
  }
  if (!ref) throw new Error("no move");
  return ref;
}

describe("moving a ref", () => {
  test("the first move has version 1 and no survivors", () => {
    expect(moveRef(undefined, target(1), START_MS, HOUR_MS)).toEqual({
      version: 1,
      ...target(1),
      kind: "static",
      survivors: [],
      updated_at: "2026-01-31T00:00:00.000Z",
    });
  });

  test("the version grows by one at each move, also back and to the same release", () => {
    expect(moveThrough([1, 2, 1, 1]).version).toBe(4);
  });

  test("no two moves have times in one second, whatever the clock says", () => {
    const times = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(times, (offsets) => {
        let ref: Ref | undefined;
        for (const offsetMs of offsets) {
          const before = ref && Math.floor(Date.parse(ref.updated_at) / 1000);
          ref = moveRef(ref, target(1), START_MS + offsetMs, HOUR_MS);
          expect(Date.parse(ref.updated_at)).toBeGreaterThanOrEqual(START_MS + offsetMs);
          if (before !== undefined) expect(Date.parse(ref.updated_at)).toBeGreaterThanOrEqual((before + 1) * 1000);
        }
      }),
    );
  });

  test("the replaced release survives for as long as it is told to", () => {
    const ref = moveThrough([1, 2], HOUR_MS);
    expect(ref.survivors).toEqual([{ manifest: manifestOf(1), expires_at: "2026-01-31T01:01:00.000Z" }]);
  });

  test("survivors are the newest first, each once, never the one that is served", () => {
    const ref = moveThrough([1, 2, 3, 1, 2]);
    expect(ref.survivors.map(({ manifest }) => manifest)).toEqual([manifestOf(1), manifestOf(3)]);
  });

  test("a survivor is forgotten when its time is over", () => {
    const later = moveRef(moveThrough([1, 2], HOUR_MS), target(3), START_MS + 2 * HOUR_MS, HOUR_MS);
    expect(later.survivors.map(({ manifest }) => manifest)).toEqual([manifestOf(2)]);
  });

  test("a protection stays at each move, and a later one does not replace it", () => {
    const access = { secret: "0a".repeat(32) };
    const first = moveRef(undefined, { ...target(1), access }, START_MS, HOUR_MS);
    expect(first.access).toBe(access);
    const second = moveRef(first, { ...target(2), access: { secret: "0b".repeat(32) } }, START_MS, HOUR_MS);
    expect(second.access).toBe(access);
    expect(moveRef(second, target(3), START_MS, HOUR_MS).access).toBe(access);
  });

  test("without survival there are no survivors", () => {
    expect(moveThrough([1, 2, 3], 0).survivors).toEqual([]);
  });

  test("there are never more survivors than a miss can look through", () => {
    const ref = moveThrough(Array.from({ length: MAX_SURVIVORS + 20 }, (_, i) => i + 1));
    expect(ref.survivors).toHaveLength(MAX_SURVIVORS);
    expect(ref.survivors[0]?.manifest).toBe(manifestOf(MAX_SURVIVORS + 19));
  });

  test("whatever the moves, the laws of survivors hold", () => {
    const moves = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(moves, (releases) => {
        const ref = moveThrough(releases);
        const manifests = ref.survivors.map(({ manifest }) => manifest);
        expect(ref.version).toBe(releases.length);
        expect(new Set(manifests).size).toBe(manifests.length);
        expect(manifests).not.toContain(ref.manifest);
        expect(ref.survivors.toSorted((a, b) => b.expires_at.localeCompare(a.expires_at))).toEqual([...ref.survivors]);
      }),
    );
  });
});

describe("a ref's file", () => {
  test("is read as it was written", () => {
    const ref = moveThrough([1, 2, 3]);
    expect(parseRef(formatRef(ref))).toEqual(ref);
    const isProtected = { ...ref, access: { password_hash: "$argon2id$v=19$", secret: "0a".repeat(32) } };
    expect(parseRef(formatRef(isProtected))).toEqual(isProtected);
  });

  const ref = moveThrough([1, 2]);
  const damaged: [string, unknown][] = [
    ["a version of 0", { ...ref, version: 0 }],
    ["a version that is text", { ...ref, version: "1" }],
    ["a release that is no whole number", { ...ref, release: 1.5 }],
    ["an environment that there is not", { ...ref, environment: "staging" }],
    ["a manifest in upper case", { ...ref, manifest: "A".repeat(64) }],
    ["a manifest that is a path", { ...ref, manifest: "../../etc/passwd" }],
    ["another kind", { ...ref, kind: "app" }],
    ["no survivors", { ...ref, survivors: undefined }],
    ["a survivor without an expiry", { ...ref, survivors: [{ manifest: manifestOf(1) }] }],
    ["a survivor that is null", { ...ref, survivors: [null] }],
    ["no time", { ...ref, updated_at: undefined }],
    ["a protection that is none", { ...ref, access: null }],
    ["a protection without a secret", { ...ref, access: { password_hash: "$argon2id$v=19$" } }],
    ["a list around it", [ref]],
    ["null", null],
  ];
  test.each(damaged)("is no ref with %s", (_, value) => {
    expect(parseRef(JSON.stringify(value))).toBeUndefined();
  });

  test("is no ref where it is cut off anywhere", () => {
    const text = formatRef(ref).trimEnd();
    for (let length = 0; length < text.length; length++) expect(parseRef(text.slice(0, length))).toBeUndefined();
  });
});
