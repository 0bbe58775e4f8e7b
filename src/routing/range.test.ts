import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decideRange, formatContentRange, formatUnsatisfiedRange, MAX_RANGES } from "./range.ts";

const whole = { kind: "whole" } as const;
const unsatisfiable = { kind: "unsatisfiable" } as const;
const ranges = (...pairs: [number, number][]) => ({
  kind: "ranges",
  ranges: pairs.map(([first, last]) => ({ first, last })),
});

test.each([
  ["bytes=0-0", ranges([0, 0])],
  ["bytes=2-5", ranges([2, 5])],
  ["bytes=2-", ranges([2, 99])],
  ["bytes=2-1000", ranges([2, 99])],
  ["bytes=-10", ranges([90, 99])],
  ["bytes=-1000", ranges([0, 99])],
  ["Bytes = 0-1", ranges([0, 1])],
  ["bytes=0-1, 5-6 ,\t-2", ranges([0, 1], [5, 6], [98, 99])],
  ["bytes=0-1, 200-300", ranges([0, 1])],
  ["bytes=100-", unsatisfiable],
  ["bytes=-0", unsatisfiable],
  ["bytes=200-300, 400-", unsatisfiable],
  ["bytes=99999999999999999999-", unsatisfiable],
  ["bytes=5-2", whole],
  ["bytes=", whole],
  ["bytes=-", whole],
  ["bytes=0-1,", whole],
  ["bytes=a-b", whole],
  ["bytes=0x1-2", whole],
  ["bytes 0-1", whole],
  ["items=0-1", whole],
  ["", whole],
  ["bytes=0-,0-", whole],
  ["bytes=0-60,40-99", whole],
] as const)("%s of 100 bytes", (header, expected) => {
  expect(decideRange(header, 100)).toEqual(expected as ReturnType<typeof decideRange>);
});

test("empty content is sent whole", () => {
  expect(decideRange("bytes=0-", 0)).toEqual(whole);
});

test("too many ranges are ignored", () => {
  const many = (count: number) => `bytes=${Array.from({ length: count }, (_, i) => `${i}-${i}`).join(",")}`;
  expect(decideRange(many(MAX_RANGES), 1000).kind).toBe("ranges");
  expect(decideRange(many(MAX_RANGES + 1), 1000)).toEqual(whole);
});

test("Content-Range counts from zero and tells the whole size", () => {
  expect(formatContentRange({ first: 2, last: 5 }, 100)).toBe("bytes 2-5/100");
  expect(formatUnsatisfiedRange(100)).toBe("bytes */100");
});

describe("for any input", () => {
  const bound = fc.oneof(fc.constant(""), fc.nat(300).map(String), fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String));
  const item = fc.tuple(bound, bound).map(([first, last]) => `${first}-${last}`);
  const header = fc.oneof(
    fc.array(item, { maxLength: 20 }).map((items) => `bytes=${items.join(",")}`),
    fc.string(),
    fc.string().map((text) => `bytes=${text}`),
  );

  test("what is sent lies inside the content and is no more than it", () => {
    fc.assert(
      fc.property(header, fc.nat(200), (text, size) => {
        const decision = decideRange(text, size);
        if (decision.kind !== "ranges") return;
        let total = 0;
        for (const { first, last } of decision.ranges) {
          expect(first).toBeGreaterThanOrEqual(0);
          expect(last).toBeGreaterThanOrEqual(first);
          expect(last).toBeLessThan(size);
          total += last - first + 1;
        }
        expect(total).toBeLessThanOrEqual(size);
        expect(decision.ranges.length).toBeLessThanOrEqual(MAX_RANGES);
      }),
      { numRuns: 1000 },
    );
  });

  test("one range is what it says", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), fc.integer({ min: 1, max: 200 }), (first, length, size) => {
        const decision = decideRange(`bytes=${first}-${first + length}`, size);
        expect(decision).toEqual(
          first >= size
            ? unsatisfiable
            : { kind: "ranges", ranges: [{ first, last: Math.min(first + length, size - 1) }] },
        );
      }),
    );
  });
});
