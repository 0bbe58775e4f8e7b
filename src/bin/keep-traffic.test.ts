import { beforeEach, expect, test } from "bun:test";
import {
  NO_FIGURES,
  parseTrafficReport,
  REPORT_KNOWN_MS,
  REPORT_WAITS_MS,
  type SiteFigures,
  TRAFFIC_FOLDER,
} from "#model";
import { openMemoryStore, type Store } from "#store";
import { keepTraffic, type TrafficKeeping, type TrafficOptions } from "./keep-traffic.ts";

const MIB = 1024 * 1024;
const NOON_MS = Date.UTC(2030, 0, 1, 12);
let nowMs: number;
let counted: number;
let ids: number;
let sites: number;
let isDown: boolean;
let logged: string[];
let store: Store;
let traffic: TrafficKeeping;

beforeEach(() => {
  sites = 1;
  [nowMs, counted, ids, isDown, logged, store] = [NOON_MS, 0, 0, false, [], openMemoryStore()];
  const options: TrafficOptions = {
    everyS: 60,
    take: async () => {
      const answers = [counted, 0, 0, 0] as const;
      counted = 0;
      const figures = { ...NO_FIGURES, answers };
      const entry = (_: unknown, i: number): SiteFigures => ({
        label: `docs-${i}`,
        shownAs: "prod",
        sinceMs: nowMs,
        figures,
      });
      return answers[0] > 0 ? Array.from({ length: sites }, entry) : [];
    },
    documents: {
      create: async (key, text) => {
        if (isDown) throw new Error("The store is down");
        return await store.documents.create(key, text);
      },
    },
    log: (message) => void logged.push(message),
  };
  traffic = keepTraffic(options, { newId: () => `report-${++ids}`, nowMs: () => nowMs });
});

/** When requests were counted, in seconds since noon, and how many. */
async function reports(): Promise<(readonly [number, number])[]> {
  const all: (readonly [number, number])[] = [];
  for await (const key of store.documents.list(TRAFFIC_FOLDER)) {
    const { countedMs, sites } = parseTrafficReport((await store.documents.read(key))!)!;
    all.push([(countedMs - NOON_MS) / 1000, sites[0]!.figures.answers[0]]);
  }
  return all.toSorted(([a], [b]) => a - b);
}

const texts = async () => {
  const keys = await Array.fromAsync(store.documents.list(TRAFFIC_FOLDER));
  return await Promise.all(keys.map(async (key) => (await store.documents.read(key))!));
};
const fileLengths = async () => (await texts()).map(({ length }) => length);
const labels = async () =>
  new Set((await texts()).flatMap((text) => parseTrafficReport(text)!.sites.map(({ label }) => label)));

async function countFor(seconds: number, requests: number): Promise<void> {
  nowMs += seconds * 1000;
  counted = requests;
  await traffic.writeDown();
}

test("what was counted is written down as of the middle of the time; where nothing was, nothing is", async () => {
  await countFor(60, 3);
  await countFor(60, 0);
  await countFor(60, 4);
  expect(await reports()).toEqual([
    [30, 3],
    [150, 4],
  ]);
});

test("a clock that is set back loses nothing", async () => {
  await countFor(600, 3);
  await countFor(-300, 4);
  await countFor(60, 5);
  expect((await reports()).map(([, requests]) => requests).toSorted()).toEqual([3, 4, 5]);
  expect((await reports()).every(([second]) => second <= 360)).toBeTrue();
});

test("what the store does not take waits for it, an hour of it at most, and is told of once", async () => {
  isDown = true;
  for (let minute = 0; minute < 100; minute++) await countFor(60, 1);
  expect(logged).toEqual([
    "What sites were asked for could not be written down; it is tried again",
    "What sites were asked for waits too long to be written down: the oldest of it is lost",
  ]);
  isDown = false;
  await countFor(60, 0);
  expect(await reports()).toHaveLength(60);
});

test("large reports wait in bounded memory", async () => {
  isDown = true;
  sites = 36_000;
  for (let minute = 0; minute < 10; minute++) await countFor(60, 1);
  isDown = false;
  await countFor(60, 0);
  const lengths = await fileLengths();
  const length = lengths.reduce((sum, each) => sum + each);
  expect([length > 12 * MIB, length <= 16 * MIB]).toEqual([true, true]);
});

test("one that is larger than a report may be is written down as several", async () => {
  sites = 150_000;
  await countFor(60, 1);
  const lengths = await fileLengths();
  expect(lengths.length).toBeGreaterThan(4);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(4 * MIB);
  const { size } = await labels();
  expect(size).toBe(sites);
});

test("what is written again is so for half as long as it is known, and is then told as lost", async () => {
  isDown = true;
  await countFor(60, 3);
  nowMs += REPORT_WAITS_MS - 1;
  await countFor(0, 4);
  nowMs += 1;
  isDown = false;
  await countFor(0, 0);
  expect((await reports()).map(([, requests]) => requests)).toEqual([4]);
  expect(logged.at(-1)).toBe("What sites were asked for waits too long to be written down: the oldest of it is lost");
  expect(REPORT_KNOWN_MS).toBe(2 * REPORT_WAITS_MS);
});

test("the last of it is written down at the end", async () => {
  counted = 7;
  await traffic.stop();
  expect(await reports()).toEqual([[0, 7]]);
});
