import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Digest } from "#model";
import { hashBytes } from "./blake3.ts";
import { DigestMap } from "./digest-map.ts";
import { DigestSet } from "./digest-set.ts";

/** Some that begin alike, some that end alike, and others. */
const digests = fc
  .tuple(fc.constantFrom("00", "0000000000", "ff"), fc.stringMatching(/^[0-9a-f]{0,4}$/), fc.constantFrom("0", "7"))
  .map(([begin, end, middle]) => (begin + end.padStart(64 - begin.length, middle)) as Digest);

test("a set of digests has what a Set has, in the same order", () => {
  fc.assert(
    fc.property(fc.array(digests), fc.array(digests), (added, others) => {
      const [set, expected] = [new DigestSet(1), new Set(added)];
      for (const digest of added) set.add(digest);
      expect(set.size).toBe(expected.size);
      expect([...set]).toEqual([...expected]);
      for (const digest of [...added, ...others]) expect(set.has(digest)).toBe(expected.has(digest));
    }),
  );
});

test("a map of digests has what a Map has", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(digests, fc.nat({ max: 2 ** 48 }))), (entries) => {
      const [map, expected] = [new DigestMap(1), new Map(entries)];
      for (const [digest, number] of entries) map.set(digest, number);
      expect([...map]).toEqual([...expected]);
      for (const digest of expected.keys()) expect(map.get(digest)).toBe(expected.get(digest)!);
      expect(map.total()).toBe([...expected.values()].reduce((sum, number) => sum + number, 0));
    }),
  );
});

test("tens of thousands of digests are all found, and come sorted by how they begin", () => {
  const set = new DigestSet();
  const added = Array.from({ length: 20_000 }, (_, i) => hashBytes(new TextEncoder().encode(`${i}`)));
  for (const digest of added) set.add(digest);
  expect(set.size).toBe(added.length);
  expect(added.every((digest, number) => set.find(digest) === number)).toBe(true);
  expect(set.has(hashBytes(new TextEncoder().encode("another")))).toBe(false);
  const beginnings = Array.from(set.sorted(), (digest) => digest.slice(0, 6));
  expect(beginnings).toEqual(beginnings.toSorted());
  expect(new Set(set.sorted())).toEqual(new Set(added));
});
