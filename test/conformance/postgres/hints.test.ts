import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { SQL } from "bun";
import { createHints, type Hints } from "#db";
import { type Postgres, postgresIsMissing, startPostgres } from "../../harness/postgres.ts";
import { waitUntil } from "../../harness/wait-until.ts";

const reason = postgresIsMissing === undefined ? "" : ` (skipped: ${postgresIsMissing})`;

describe.skipIf(postgresIsMissing !== undefined)(`hints through PostgreSQL${reason}`, () => {
  let postgres: Postgres;
  let url: string;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  beforeEach(async () => {
    url = await postgres.newDatabase();
  });
  afterAll(() => postgres[Symbol.asyncDispose]());

  /** As another process has them. `heard` are the keys that came from others. */
  function open(id: string): Hints & AsyncDisposable & { readonly heard: string[] } {
    const heard: string[] = [];
    const hints = createHints(url, { id, onKey: (key) => heard.push(key) });
    return { ...hints, heard, [Symbol.asyncDispose]: () => hints.close() };
  }

  const sessions = (count: number) =>
    waitUntil("they listen", async () => (await listening()).length === count && (await listening()));
  const listening = () =>
    postgres.ask("select pid from pg_stat_activity where query ilike 'listen%' and application_name = 'sitepod hints'");

  test("reach every other process, and not the one that gave them", async () => {
    await using one = open("one");
    await using other = open("other");
    await using third = open("third");
    await sessions(3);
    one.publish("refs/shop/prod.json");
    await waitUntil("both heard", () => other.heard.length > 0 && third.heard.length > 0);
    expect([one.heard, other.heard, third.heard]).toEqual([[], ["refs/shop/prod.json"], ["refs/shop/prod.json"]]);
  });

  test("of the same moment travel together, each key once, in payloads that PostgreSQL takes", async () => {
    await using one = open("one");
    await using other = open("other");
    await using client = new SQL(url, { max: 1 });
    const payloads: string[] = [];
    await client.listen("sitepod_documents", (payload) => payloads.push(payload));
    await sessions(2);
    const keys = Array.from({ length: 500 }, (_, i) => `refs/${"long-name-".repeat(4)}${i}/prod.json`);
    for (let i = 0; i < 3; i++) for (const key of keys) one.publish(key);
    await waitUntil("all are heard", () => other.heard.length >= keys.length);
    expect(other.heard).toEqual(keys);
    await waitUntil("the payloads are there", () => payloads.length >= 4);
    expect(payloads).toHaveLength(4);
    for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(8000);
  });

  test("are heard again after the listening session was ended, and after PostgreSQL was", async () => {
    await using one = open("one");
    await using other = open("other");
    const pids = await sessions(2);
    for (const { pid } of pids) await postgres.ask(`select pg_terminate_backend(${Number(pid)})`);
    const heardAgain = (key: string) =>
      waitUntil(`${key} is heard`, async () => {
        one.publish(key);
        await Bun.sleep(20);
        return other.heard.includes(key);
      });
    await heardAgain("a");
    await postgres.stop();
    one.publish("lost");
    await postgres.start();
    await heardAgain("b");
    expect(other.heard).not.toContain("lost");
  });

  test("are heard once PostgreSQL is there, where it was not at first", async () => {
    await postgres.stop();
    await using one = open("one");
    await using other = open("other");
    one.publish("lost");
    await postgres.start();
    await sessions(2);
    one.publish("refs/shop/prod.json");
    await waitUntil("it is heard", () => other.heard.includes("refs/shop/prod.json"));
  });
});
