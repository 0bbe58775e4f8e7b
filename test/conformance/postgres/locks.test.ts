import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { assertHeld, createLocks, type Locks, type LocksOptions } from "#db";
import { type Postgres, postgresIsMissing, startPostgres } from "../../harness/postgres.ts";
import { waitUntil } from "../../harness/wait-until.ts";

const reason = postgresIsMissing === undefined ? "" : ` (skipped: ${postgresIsMissing})`;

describe.skipIf(postgresIsMissing !== undefined)(`locks of several processes${reason}`, () => {
  let postgres: Postgres;
  let url: string;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  beforeEach(async () => {
    url = await postgres.newDatabase();
  });
  afterAll(() => postgres[Symbol.asyncDispose]());

  /** As another process has them: with a session of its own. */
  function open(options: LocksOptions = {}): Locks & Disposable {
    const locks = createLocks(url, options);
    return { ...locks, [Symbol.dispose]: () => locks.close() };
  }

  /** Holds a lock until it is told to end; resolves when it has it. */
  async function hold(locks: Locks, key: string, mode: "shared" | "alone") {
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const held = locks.hold(key, mode, async () => {
      begun.resolve();
      await mayEnd;
    });
    await Promise.race([begun.promise, held]);
    return { end: async () => (end(), await held) };
  }

  const endSessions = () =>
    postgres.ask("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sitepod locks'");

  test("exclude one another by key and mode", async () => {
    using one = open();
    using other = open();
    const first = await hold(one, "contents", "shared");
    await (await hold(other, "contents", "shared")).end();
    await (await hold(other, "another", "alone")).end();
    expect(await other.tryHold("contents", async () => {})).toBe(false);
    await first.end();
    await waitUntil("it is free", () => other.tryHold("contents", async () => {}));
  });

  test("of a thousand works that count up, none counts twice", async () => {
    using one = open();
    using other = open();
    let count = 0;
    const add = async () => {
      const before = count;
      await Bun.sleep(0);
      count = before + 1;
    };
    const run = async (locks: Locks) => {
      for (let i = 0; i < 500; i++) await locks.hold("count", "alone", add);
    };
    await Promise.all([run(one), run(other)]);
    expect(count).toBe(1000);
  });

  test("are had by who wants to be alone, however many share", async () => {
    using one = open();
    using other = open();
    using third = open();
    const over = new AbortController();
    const share = async (locks: Locks) => {
      while (!over.signal.aborted) await locks.hold("contents", "shared", () => Bun.sleep(20));
    };
    const sharing = [share(one), share(one), share(other), share(other)];
    await third.hold("contents", "alone", async () => over.abort());
    await Promise.all(sharing);
  });

  test("go to others when their session ends, and who had them can change nothing more", async () => {
    using one = open();
    using other = open();
    const begun = Promise.withResolvers<void>();
    const losing = one.hold("outer", "alone", () =>
      one.hold("inner", "alone", async () => {
        assertHeld();
        begun.resolve();
        // It is told of the end of its session: its next word to PostgreSQL would come later than this.
        await waitUntil("it is told", () => void assertHeld(), { timeoutMs: 2000 });
      }),
    );
    const failure = losing.catch((error: unknown) => error);
    await begun.promise;
    await endSessions();
    expect(await failure).toMatchObject({ code: "unavailable" });
    await waitUntil("the other has it", () => other.tryHold("outer", async () => {}).catch(() => false));
    // A new session is begun for the next.
    await one.hold("outer", "alone", async () => assertHeld());
    assertHeld();
  });

  test("of a work that has ended hold back nothing that it left running", async () => {
    using one = open();
    let later!: Promise<void>;
    const mayGoOn = Promise.withResolvers<void>();
    await one.hold("key", "alone", async () => {
      later = mayGoOn.promise.then(assertHeld);
    });
    await endSessions();
    mayGoOn.resolve();
    await later;
  });

  test("make nobody wait for ever", async () => {
    using one = open();
    using other = open({ patienceMs: 100 });
    const held = await hold(one, "key", "alone");
    await expect(other.hold("key", "alone", async () => {})).rejects.toMatchObject({ code: "unavailable" });
    await held.end();
    await other.hold("key", "alone", async () => {});
  });

  test("are refused while PostgreSQL is away, and had again after", async () => {
    using one = open();
    await one.hold("key", "alone", async () => {});
    await postgres.stop();
    await expect(one.hold("key", "alone", async () => {})).rejects.toMatchObject({ code: "unavailable" });
    await postgres.start();
    await one.hold("key", "alone", async () => assertHeld());
  });
});
