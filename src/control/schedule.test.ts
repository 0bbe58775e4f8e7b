import { afterEach, beforeEach, expect, test } from "bun:test";
import { createTurns } from "./gate.ts";
import { runDue, type Scheduled } from "./schedule.ts";
import { type TestDatabase, testDatabases } from "./test-database.ts";

const HOUR_MS = 60 * 60 * 1000;

let database: TestDatabase;
let nowMs: number;
let logged: string[];
let done: string[];
beforeEach(async () => {
  database = await testDatabases.open();
  nowMs = Date.UTC(2030, 0, 1);
  logged = [];
  done = [];
});
afterEach(() => database[Symbol.asyncDispose]());

/** What a process that has just started looks for, and how. */
function startProcess(tasks: readonly Partial<Scheduled>[]) {
  const context = {
    db: database.db,
    nowMs: () => nowMs,
    log: (message: string) => logged.push(message),
    ...createTurns(database.locks),
  };
  const scheduled = tasks.map((task) => ({
    name: "tidying",
    everyMs: 24 * HOUR_MS,
    firstAfterMs: HOUR_MS,
    work: async () => void done.push(task.name ?? "tidying"),
    ...task,
  }));
  return () => runDue(context, scheduled);
}

const passMs = async (ms: number, look: () => Promise<void>) => {
  nowMs += ms;
  await look();
  return done.length;
};

test("is done the first time some time after it came to be, then as often as it says, over restarts", async () => {
  let look = startProcess([{}]);
  expect(await passMs(0, look)).toBe(0);
  expect(await passMs(HOUR_MS - 1, look)).toBe(0);
  look = startProcess([{}]);
  expect(await passMs(1, look)).toBe(1);
  expect(await passMs(HOUR_MS, look)).toBe(1);
  look = startProcess([{}]);
  expect(await passMs(23 * HOUR_MS - 1, look)).toBe(1);
  expect(await passMs(1, look)).toBe(2);
});

test("is done soon where it is to be done more often than before, and once where a clock goes after another", async () => {
  let look = startProcess([{}]);
  await look();
  expect(await passMs(HOUR_MS, look)).toBe(1);
  // Another server, whose clock is behind.
  expect(await passMs(-HOUR_MS, look)).toBe(1);
  look = startProcess([{ everyMs: 6 * HOUR_MS }]);
  expect(await passMs(HOUR_MS, look)).toBe(2);
  expect(await passMs(6 * HOUR_MS - 1, look)).toBe(2);
  expect(await passMs(1, look)).toBe(3);
});

test("is done once, however often it is looked for at the same moment", async () => {
  const look = startProcess([{}]);
  await Promise.all([look(), look()]);
  nowMs += HOUR_MS;
  await Promise.all([look(), look(), look()]);
  expect(done).toEqual(["tidying"]);
});

test("that fails is told, and tried again sooner; the others are done all the same", async () => {
  const look = startProcess([{ name: "failing", work: () => Promise.reject(new Error("broken")) }, {}]);
  await look();
  await passMs(HOUR_MS, look);
  expect([logged, done]).toEqual([["The scheduled failing failed"], ["tidying"]]);
  await passMs(10 * 60 * 1000, look);
  expect([logged.length, done]).toEqual([2, ["tidying"]]);
});

test("that was overtaken does not say when it is next", async () => {
  const { query } = database.db;
  const overtake = async () => {
    await query
      .updateTable("schedules")
      .set(({ eb }) => ({ epoch: eb("epoch", "+", 1), next_at: "2040-01-01T00:00:00.000Z" }))
      .execute();
  };
  const look = startProcess([{ work: overtake }]);
  await look();
  await passMs(HOUR_MS, look);
  expect(await query.selectFrom("schedules").selectAll().execute()).toEqual([
    { name: "tidying", epoch: 2, next_at: "2040-01-01T00:00:00.000Z" },
  ]);
});
