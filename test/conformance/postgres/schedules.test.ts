import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { SQL } from "bun";
import { openPostgres } from "#db";
import { type Postgres, postgresIsMissing, startPostgres } from "../../harness/postgres.ts";
import { type RunningProcess, startProcess } from "../../harness/running-process.ts";
import { waitUntil } from "../../harness/wait-until.ts";

const SILENCE_MS = 2000;
const reason = postgresIsMissing === undefined ? "" : ` (skipped: ${postgresIsMissing})`;

describe.skipIf(postgresIsMissing !== undefined)(`work that is due, with two processes${reason}`, () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres[Symbol.asyncDispose]());

  /** Two processes that look for the same work; the first has begun it. */
  async function startBoth() {
    await using cleanup = new AsyncDisposableStack();
    const url = await postgres.newDatabase();
    await (await openPostgres(url)).close();
    const client = cleanup.use(new SQL(url, { max: 1 }));
    await client.unsafe("create table steps (id bigint generated always as identity, name text)");
    const start = (name: string): RunningProcess =>
      cleanup.use(
        startProcess([process.execPath, join(import.meta.dir, "schedule-process.ts"), url, name, String(SILENCE_MS)], {
          cwd: import.meta.dir,
        }),
      );
    const countOf = async (name: string): Promise<number> =>
      Number((await client`select count(*) as count from steps where name = ${name}`)[0].count);
    const works = (name: string, after = 0) =>
      waitUntil(`${name} works`, async () => (await countOf(name)) > after, {
        describe: () => `${first.output()}\n${second.output()}`,
      });
    const epoch = async (): Promise<number> => (await client.unsafe("select epoch from schedules"))[0].epoch;

    const first = start("first");
    let second = first;
    await works("first");
    second = start("second");
    await waitUntil("the second looks too", async () => (await client.unsafe(LOCK_SESSIONS))[0].count === "2");
    const owned = cleanup.move();
    return { first, second, works, countOf, epoch, client, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  }

  const LOCK_SESSIONS =
    "select count(*) from pg_stat_activity where application_name = 'sitepod locks' and datname = current_database()";

  test("is done by one of them, and by the other as soon as that one was killed", async () => {
    await using both = await startBoth();
    await both.works("first", (await both.countOf("first")) + 20);
    expect(await both.countOf("second")).toBe(0);
    const epoch = await both.epoch();
    await both.first.end("SIGKILL");
    const killedMs = performance.now();
    await both.works("second");
    // Its session went with it: nobody waits for its silence.
    const tookMs = performance.now() - killedMs;
    process.stdout.write(`the work of a killed process is taken over after ${Math.round(tookMs)} ms\n`);
    expect(tookMs).toBeLessThan(SILENCE_MS);
    expect(await both.epoch()).toBeGreaterThan(epoch);
  });

  test("is taken over from one that was paused, which does nothing more when it wakes up", async () => {
    await using both = await startBoth();
    process.kill(both.first.pid, "SIGSTOP");
    await both.works("second");
    const before = await both.countOf("first");
    process.kill(both.first.pid, "SIGCONT");
    await waitUntil("the first has found out", () => both.first.output().includes("The scheduled steps failed"), {
      describe: both.first.output,
    });
    await both.works("second", (await both.countOf("second")) + 20);
    expect(await both.countOf("first")).toBe(before);
    // It is there for the next time.
    await both.second.end("SIGKILL");
    await both.works("first", before);
  });

  test("goes on with one of them after PostgreSQL was restarted", async () => {
    await using both = await startBoth();
    await postgres.stop();
    await postgres.start();
    const before = (await both.countOf("first")) + (await both.countOf("second"));
    await waitUntil("one of them works", async () => {
      return (await both.countOf("first")) + (await both.countOf("second")) > before + 20;
    });
  });
});
