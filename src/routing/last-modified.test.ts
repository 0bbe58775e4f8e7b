import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Digest, moveRef, type Ref } from "#model";
import { selectContent } from "./conditional.ts";
import { formatHttpDate } from "./http-date.ts";
import { lastModifiedOf, SETTLING_MS } from "./last-modified.ts";

const MOVED = "2026-01-31T12:00:00.250Z";
const MOVED_MS = Date.parse(MOVED);
const DATE_MS = Date.parse("2026-01-31T12:00:11Z");
const DATE = "Sat, 31 Jan 2026 12:00:11 GMT";

test("the date is the full second after the move has settled, and told from then on", () => {
  expect(lastModifiedOf([MOVED], DATE_MS - 1)).toEqual({ seconds: DATE_MS / 1000, header: undefined });
  expect(lastModifiedOf([MOVED], DATE_MS)).toEqual({ seconds: DATE_MS / 1000, header: DATE });
});

test("a move at a full second has the second after it", () => {
  const { seconds } = lastModifiedOf(["2026-01-31T12:00:00.000Z"], DATE_MS)!;
  expect(seconds).toBe(DATE_MS / 1000);
});

test("of several pointers the one that moved last counts", () => {
  expect(lastModifiedOf(["2020-01-01T00:00:00Z", MOVED, "2021-01-01T00:00:00Z"], DATE_MS)?.header).toBe(DATE);
});

test("what has no time, or one that is none, has no date", () => {
  expect(lastModifiedOf([], DATE_MS)).toBeUndefined();
  expect(lastModifiedOf([MOVED, "soon"], DATE_MS)).toBeUndefined();
});

describe("whenever a pointer is moved and read", () => {
  /** A pointer whose moves take time, as its readers see it. */
  interface World {
    readonly moves: { readonly visibleMs: number; readonly ref: Ref }[];
    /** What each edge has in memory. */
    readonly edges: Map<number, { readonly readMs: number; readonly ref: Ref }>;
    /** What each client keeps, the date by which it asks again, and whether that is a Last-Modified. */
    readonly clients: Map<number, { readonly ref: Ref; readonly date: string; readonly isValidator: boolean }>;
    nowMs: number;
  }

  const MAX_AGE_MS = 5000;
  const etagOf = ({ version }: Ref): string => `"v${version}"`;

  const step = fc.oneof(
    fc.record({
      kind: fc.constant("move" as const),
      afterMs: fc.integer({ min: 0, max: 1500 }),
      /** So long until others see it. */
      takesMs: fc.integer({ min: 0, max: 4900 }),
      /** The clock of whoever moves is set back so much. */
      backMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60_000 })),
    }),
    fc.record({
      kind: fc.constant("ask" as const),
      afterMs: fc.integer({ min: 0, max: 6000 }),
      edge: fc.integer({ min: 0, max: 2 }),
      client: fc.integer({ min: 0, max: 2 }),
      /** Where there is no Last-Modified, or in any case: by the Date of the answer. */
      echoesDate: fc.boolean(),
    }),
  );
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

  function move(world: World, takesMs: number, backMs: number): void {
    const current = world.moves.at(-1);
    // A compare-and-swap begins from what the one before has left.
    world.nowMs = Math.max(world.nowMs, current?.visibleMs ?? 0);
    const release = (current?.ref.release ?? 0) + 1;
    const manifest = String(release).padStart(64, "0") as Digest;
    const target = { site: "docs", environment: "prod", release, image: `img_${release}`, manifest } as const;
    const ref = moveRef(current?.ref, target, world.nowMs - backMs, 0);
    world.moves.push({ ref, visibleMs: world.nowMs + takesMs });
  }

  function readBy(world: World, edge: number): { readonly readMs: number; readonly ref: Ref } | undefined {
    const kept = world.edges.get(edge);
    if (kept && world.nowMs < kept.readMs + MAX_AGE_MS) return kept;
    const ref = world.moves.findLast(({ visibleMs }) => visibleMs <= world.nowMs)?.ref;
    if (ref) world.edges.set(edge, { readMs: world.nowMs, ref });
    return world.edges.get(edge);
  }

  /** Asks an edge, with the date that the client has. Returns why that was wrong, or undefined. */
  function ask(world: World, { edge, client, echoesDate }: Extract<Step, { kind: "ask" }>): string | undefined {
    const read = readBy(world, edge);
    if (!read) return undefined;
    const modified = lastModifiedOf([read.ref.updated_at], read.readMs);
    const representation = { etag: etagOf(read.ref), size: 10, hasRanges: true, modifiedS: modified?.seconds };
    const kept = world.clients.get(client);
    if (kept) {
      const isOlder = kept.ref.version < read.ref.version;
      const select = (headers: Record<string, string>) =>
        selectContent("GET", new Headers(headers), representation).kind;
      if (isOlder && select({ "If-Modified-Since": kept.date }) === "not-modified") return "a stale page is kept";
      if (isOlder && select({ "If-Unmodified-Since": kept.date }) === "whole") return "a change is overlooked";
      // No client may put anything else there (RFC 9110, section 13.1.5).
      const isResumed = kept.isValidator && select({ Range: "bytes=5-9", "If-Range": kept.date }) === "ranges";
      if (kept.ref.version !== read.ref.version && isResumed) return "parts of two files are joined";
    }
    const date = formatHttpDate(Math.floor(world.nowMs / 1000));
    if (modified?.header !== undefined && Date.parse(modified.header) > world.nowMs) return "a date is ahead";
    const validator = echoesDate ? undefined : modified?.header;
    world.clients.set(client, { ref: read.ref, date: validator ?? date, isValidator: validator !== undefined });
    return undefined;
  }

  test("no date that was told makes a later content look unmodified", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
        const world: World = { moves: [], edges: new Map(), clients: new Map(), nowMs: MOVED_MS };
        move(world, 0, 0);
        // Clocks that are set back, and by whom, leave a client only Last-Modified to go by.
        const isSetBack = steps.some((one) => one.kind === "move" && one.backMs > 0);
        for (const one of steps) {
          world.nowMs += one.afterMs;
          if (one.kind === "move") move(world, one.takesMs, one.backMs);
          else if (!isSetBack) expect(ask(world, one)).toBeUndefined();
          else if (canTell(world, one.edge)) expect(ask(world, { ...one, echoesDate: false })).toBeUndefined();
        }
      }),
      { numRuns: 2000 },
    );
  });

  /** Whether an edge would tell a Last-Modified. */
  function canTell(world: World, edge: number): boolean {
    const read = readBy(world, edge);
    return read !== undefined && lastModifiedOf([read.ref.updated_at], read.readMs)?.header !== undefined;
  }

  test("a page is not sent again to who has it, once its date is told", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60_000 }), (laterMs) => {
        const readMs = MOVED_MS + SETTLING_MS + 1000 + laterMs;
        const { seconds, header } = lastModifiedOf([MOVED], readMs)!;
        const representation = { etag: '"a"', size: 10, hasRanges: true, modifiedS: seconds };
        for (const date of [header!, formatHttpDate(Math.floor(readMs / 1000))]) {
          expect(selectContent("GET", new Headers({ "If-Modified-Since": date }), representation).kind).toBe(
            "not-modified",
          );
        }
      }),
    );
  });
});
