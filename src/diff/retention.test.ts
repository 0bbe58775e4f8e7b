import { describe, expect, test } from "bun:test";
import type { Digest } from "#model";
import { findOld, type KeptRelease, mayGo, UNSERVED_KEPT_MS } from "./retention.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW_MS = Date.UTC(2030, 0, 31);

/** Releases v1, v2, …, made so many days ago. */
const made = (...daysAgo: number[]): KeptRelease[] =>
  daysAgo.map((days, i) => ({
    version: i + 1,
    manifest: `${i + 1}`.repeat(64) as Digest,
    created_at: new Date(NOW_MS - days * DAY_MS).toISOString(),
  }));
const versionsOf = (releases: readonly KeptRelease[]) => releases.map(({ version }) => version);

describe("old releases", () => {
  test.each([
    ["with no rule, are none", { releases: null, days: null }, []],
    ["by number, are all but the newest", { releases: 2, days: null }, [1, 2, 3]],
    ["by age, are those from before", { releases: null, days: 20 }, [1, 2]],
    ["by both, are those that neither keeps", { releases: 1, days: 20 }, [1, 2]],
    ["by both, are those that neither keeps, also where the number keeps more", { releases: 4, days: 5 }, [1]],
    ["by a number that there are not, are none", { releases: 10, days: null }, []],
  ])("%s", (_, retention, old) => {
    expect(versionsOf(findOld(made(40, 30, 10, 8, 1), retention, NOW_MS))).toEqual(old);
  });

  test("are never the newest, however old it is", () => {
    expect(versionsOf(findOld(made(400, 300), { releases: null, days: 1 }, NOW_MS))).toEqual([1]);
  });

  test("go by their number, not by the order in which they are told", () => {
    expect(versionsOf(findOld(made(3, 2, 1).toReversed(), { releases: 1, days: null }, NOW_MS))).toEqual([1, 2]);
  });
});

describe("an old release", () => {
  const [release] = made(2) as [KeptRelease];
  const nothing = { versions: new Set<number>(), manifests: new Set<Digest>(), served: new Set<number>() };

  test("may go", () => {
    expect(mayGo(release, nothing, NOW_MS)).toBe(true);
  });

  test("stays where an environment or a preview shows it, or its assets still answer", () => {
    expect(mayGo(release, { ...nothing, versions: new Set([1]) }, NOW_MS)).toBe(false);
    expect(mayGo(release, { ...nothing, manifests: new Set([release.manifest]) }, NOW_MS)).toBe(false);
  });

  test("that was never served stays for an hour, and one that was does not", () => {
    const young = { ...release, created_at: new Date(NOW_MS - UNSERVED_KEPT_MS).toISOString() };
    expect(mayGo(young, nothing, NOW_MS)).toBe(false);
    expect(mayGo(young, nothing, NOW_MS + 1)).toBe(true);
    expect(mayGo(young, { ...nothing, served: new Set([1]) }, NOW_MS)).toBe(true);
  });
});
