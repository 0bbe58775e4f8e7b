import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import {
  type Figures,
  formatTrafficReport,
  REPORT_WAITS_MS,
  type ShownAs,
  type SiteFigures,
  trafficReportKey,
} from "#model";
import { World } from "../domains/world.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let world: World;

beforeAll(async () => {
  world = await World.create();
  // Who registers first becomes the administrator.
  await world.call("root", "GET", "/projects");
});
beforeEach(async () => {
  await world.reset();
  world.nowMs += 12 * HOUR_MS;
  await world.makeSite("ann", "shop");
});
afterAll(() => world[Symbol.asyncDispose]());

const figures = (requests: number, more: Partial<Figures> = {}): Figures => ({
  answers: [requests, 0, 0, 0],
  notModified: 0,
  bytes: 10 * requests,
  paths: [["/", requests]],
  missing: [],
  ...more,
});
const entryOf = (label: string, sinceMs: number, counted: Figures, shownAs: ShownAs = "prod"): SiteFigures => ({
  label,
  shownAs,
  sinceMs,
  figures: counted,
});
const entry = (label: string, counted: Figures, shownAs: ShownAs = "prod") =>
  entryOf(label, world.nowMs, counted, shownAs);

/** As an edge does, in a document of its own. Returns its key. */
async function report(sites: readonly SiteFigures[], countedMs = world.nowMs): Promise<string> {
  const key = trafficReportKey(randomUUID());
  await world.store.documents.create(key, formatTrafficReport({ countedMs, sites })[0]!);
  return key;
}

/** A while later, so that what was written down since is added up. */
async function traffic(query = "range=hour", who = "ann", site = "shop") {
  world.nowMs += 3 * SECOND_MS;
  const { status, body } = await world.call(who, "GET", `/projects/${site}/traffic?${query}`);
  expect(status).toBe(200);
  return body;
}
const waiting = () => Array.fromAsync(world.store.documents.list("traffic/"));

test("what several edges counted adds up, minute by minute", async () => {
  const seen: Partial<Figures> = { answers: [5, 3, 2, 1], notModified: 2, missing: [["/old", 2]] };
  await report([entry("shop", figures(5, seen))], world.nowMs - MINUTE_MS);
  await report([entry("shop", figures(7, { paths: [["/new", 9]] }))]);
  await report([entry("shop", figures(1))]);
  const { points, total, paths, missing_paths, step_seconds } = await traffic();
  expect(total).toEqual({
    requests: 19,
    bytes: 130,
    answers: { "2xx": 13, "3xx": 3, "4xx": 2, "5xx": 1 },
    not_modified: 2,
  });
  expect(paths).toEqual([
    { path: "/new", requests: 9 },
    { path: "/", requests: 6 },
  ]);
  expect(missing_paths).toEqual([{ path: "/old", requests: 2 }]);
  expect([step_seconds, points.length]).toEqual([60, 60]);
  const [before, last] = points.slice(-2);
  expect([before.at, before.requests]).toEqual(["2030-01-01T11:59:00.000Z", 11]);
  expect([last.at, last.requests, last.bytes]).toEqual(["2030-01-01T12:00:00.000Z", 8, 80]);
  expect(await waiting()).toEqual([]);
});

test("figures are told of an environment alone, and how many requests each had", async () => {
  await report([entry("shop", figures(5)), entry("shop", figures(2), "beta"), entry("shop", figures(1), "preview")]);
  const { total, environments } = await traffic("environment=beta");
  expect(total.requests).toBe(2);
  expect(environments).toEqual([
    { environment: "prod", requests: 5 },
    { environment: "beta", requests: 2 },
    { environment: "preview", requests: 1 },
    { environment: "release", requests: 0 },
  ]);
  expect((await traffic("")).total.requests).toBe(8);
});

test("minutes go after two hours, hours after two days, days after two months", async () => {
  await report([entry("shop", figures(5))]);
  const told = async () => [
    (await traffic("range=hour")).total.requests,
    (await traffic("range=day")).total.requests,
    (await traffic("range=month")).total.requests,
  ];
  expect(await told()).toEqual([5, 5, 5]);
  world.nowMs += 90 * MINUTE_MS;
  expect(await told()).toEqual([0, 5, 5]);
  world.nowMs += DAY_MS;
  expect(await told()).toEqual([0, 0, 5]);
  const spans = async () => {
    const rows = await world.tryQuery((query) => query.selectFrom("traffic").select("span"));
    return (rows as { span: string }[]).map(({ span }) => span).toSorted();
  };
  expect(await spans()).toEqual(["day", "hour"]);
  world.nowMs += 62 * DAY_MS;
  expect(await told()).toEqual([0, 0, 0]);
  expect(await spans()).toEqual([]);
});

describe("a report is added once", () => {
  test("where it could not be removed", async () => {
    const key = await report([entry("shop", figures(5))]);
    world.failOnce(key);
    expect((await traffic()).total.requests).toBe(5);
    expect(await waiting()).toEqual([key]);
    expect((await traffic()).total.requests).toBe(5);
    expect(await waiting()).toEqual([]);
    expect(world.logged).toContain(`${key} could not be added up; it is tried again`);
  });

  test("where it cannot be removed for days", async () => {
    const key = await report([entry("shop", figures(5))]);
    for (let day = 0; day < 3; day++) {
      world.failOnce(key);
      expect((await traffic("range=month")).total.requests).toBe(5);
      world.nowMs += DAY_MS;
    }
    expect(await waiting()).toEqual([key]);
    expect((await traffic("range=month")).total.requests).toBe(5);
    const known = await world.tryQuery((query) => query.selectFrom("traffic_reports").select("key"));
    expect([await waiting(), known]).toEqual([[], []]);
  });

  test("where it was written again after it was added", async () => {
    const [text] = formatTrafficReport({ countedMs: world.nowMs, sites: [entry("shop", figures(5))] }) as [string];
    await world.store.documents.create(trafficReportKey("again"), text);
    expect((await traffic("range=month")).total.requests).toBe(5);
    // For as long as an edge may do so, however long it takes to be told.
    world.nowMs += REPORT_WAITS_MS;
    expect((await traffic("range=month")).total.requests).toBe(5);
    await world.store.documents.create(trafficReportKey("again"), text);
    expect((await traffic("range=month")).total.requests).toBe(5);
  });

  test("where its adding up was cut off in the middle, however many sites it has", async () => {
    const others = Array.from({ length: 150 }, (_, i) => entry(`nobody-${i}`, figures(1)));
    await report([entry("shop", figures(5)), ...others, entry("shop", figures(2), "beta")]);
    const { documents } = world.store;
    const { read } = documents;
    documents.read = async (key) => {
      if (key === "sites/nobody-120.json") throw new Error("cut off");
      return await read.call(documents, key);
    };
    expect((await traffic()).total.requests).toBe(5);
    documents.read = read;
    expect((await traffic()).total.requests).toBe(7);
    expect((await traffic()).total.requests).toBe(7);
  });
});

describe("figures are those of the site that", () => {
  test("had the name when it was asked for, after a rename too", async () => {
    await report([entry("shop", figures(5))]);
    await world.call("ann", "PUT", "/domains/rename?project=shop", { new_subdomain: "store" });
    await report([entry("shop", figures(1)), entry("store", figures(2))]);
    expect((await traffic()).total.requests).toBe(8);
  });

  test("is there: they go with it, and whoever has its name next gets none of them", async () => {
    await report([entry("shop", figures(5))]);
    await traffic();
    const asked = entry("shop", figures(3));
    await world.call("ann", "DELETE", "/projects/shop?for_good=true");
    expect(await world.tryQuery((query) => query.selectFrom("traffic").selectAll())).toEqual([]);
    world.nowMs += SECOND_MS;
    await world.makeSite("bob", "shop");
    await report([asked]);
    expect((await traffic("range=hour", "bob")).total.requests).toBe(0);
    await report([entry("shop", figures(1))]);
    expect((await traffic("range=hour", "bob")).total.requests).toBe(1);
  });
});

test.each([
  ["is cut off", "{"],
  ["names no site", formatTrafficReport({ countedMs: 0, sites: [entryOf("../shop", 0, figures(1))] })[0]!],
])("a report that %s is told of and removed", async (_, text) => {
  const key = trafficReportKey("damaged");
  await world.store.documents.create(key, text);
  await report([entry("shop", figures(5))]);
  expect((await traffic()).total.requests).toBe(5);
  expect(world.logged).toContain(`${key} is damaged: what it counted is lost`);
  expect(await waiting()).toEqual([]);
});

test("a claim that is damaged keeps no other site from being counted", async () => {
  await world.store.documents.create("sites/old.json", "{");
  await report([entry("old", figures(1)), entry("shop", figures(5))]);
  expect((await traffic()).total.requests).toBe(5);
  expect(world.logged).toContain("sites/old.json was left out");
  expect(await waiting()).toEqual([]);
});

test("whoever watches hears that there are new figures, and not whose", async () => {
  await using stream = await world.watch("bob", "/events");
  await report([entry("shop", figures(5))]);
  await traffic();
  await stream.next();
  expect((await stream.next())!.data).toEqual({ project: null, action: "traffic.count" });
});

test("what cannot be read now hides nothing that is known", async () => {
  await report([entry("shop", figures(5))]);
  await traffic();
  const { documents } = world.store;
  const { list } = documents;
  documents.list = () => {
    throw new Error("The store is down");
  };
  expect((await traffic()).total.requests).toBe(5);
  documents.list = list;
});

test("a range that there is not is refused", async () => {
  const { status, body } = await world.call("ann", "GET", "/projects/shop/traffic?range=year");
  expect([status, body.error]).toEqual([400, "invalid"]);
});
