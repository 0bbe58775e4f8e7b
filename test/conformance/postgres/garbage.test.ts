import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { hashBytes } from "#store";
import { World } from "../../../src/control/domains/world.ts";
import { testDatabases } from "../../../src/control/test-database.ts";
import { type Postgres, postgresIsMissing, startPostgres } from "../../harness/postgres.ts";
import { randomFrom } from "../../harness/random.ts";
import { createTestDatabases } from "../../harness/test-database.ts";
import { waitUntil } from "../../harness/wait-until.ts";

const RACE_MS = 3000;
const SITES = 6;
/** Few, so that what one deploy has just given up another takes up again. */
const CONTENTS = 12;
const reason = postgresIsMissing === undefined ? "" : ` (skipped: ${postgresIsMissing})`;

const textOf = (content: number) => `content ${content}`;
const digestOf = (content: number) => hashBytes(new TextEncoder().encode(textOf(content)));

describe.skipIf(postgresIsMissing !== undefined)(`garbage of two control planes${reason}`, () => {
  let postgres: Postgres;
  let one: World;
  let other: World;
  const openBefore = testDatabases.open;
  beforeAll(async () => {
    postgres = await startPostgres();
    testDatabases.open = createTestDatabases(postgres);
  });
  beforeEach(async () => {
    one = await World.create();
    // Who registers first is the administrator.
    for (const who of ["root", "ann"]) await one.call(who, "GET", "/projects");
    other = await one.startAnother();
    for (const world of [one, other]) Object.defineProperty(world, "nowMs", { get: Date.now });
  });
  afterEach(async () => {
    await other[Symbol.asyncDispose]();
    await one[Symbol.asyncDispose]();
  });
  afterAll(async () => {
    testDatabases.open = openBefore;
    await postgres[Symbol.asyncDispose]();
  });

  const collect = (world: World) => world.call("root", "POST", "/gc");
  const endSessions = () =>
    postgres.ask("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sitepod locks'");

  /** Deploys at random to a site of its own, and gives up what it has; tells what was lost of what was acknowledged. */
  async function deployOn(world: World, site: string, seed: number, endMs: number, faults: string[]): Promise<number> {
    const random = randomFrom(seed);
    let deploys = 0;
    while (performance.now() < endMs) {
      const chosen = Array.from({ length: 3 }, () => Math.floor(random.below(CONTENTS)));
      const files = Object.fromEntries(chosen.map((content) => [`${content}.txt`, textOf(content)]));
      const { status, body } = await world.deploy("ann", site, files);
      if (status !== 200) {
        faults.push(`${status} ${body.message}`);
        continue;
      }
      deploys++;
      for (let look = 0; look < 3; look++) {
        for (const content of chosen) {
          if (!(await world.store.blobs.has(digestOf(content)))) faults.push(`lost: ${textOf(content)} of ${site}`);
        }
        await Bun.sleep(random.below(10));
      }
      await world.call("ann", "DELETE", `/projects/${site}?for_good=true`);
    }
    return deploys;
  }

  /** Has the store remove blobs, and read the lists of uploads, as late as one that is far away. */
  function slowDown({ store: { blobs, uploads } }: World, mostMs: { removing: number; reading: number }): void {
    const later = async <T>(most: number, act: () => Promise<T>): Promise<T> => {
      await Bun.sleep(Math.random() * most);
      return await act();
    };
    const remove = blobs.remove.bind(blobs);
    const bytes = uploads.bytes.bind(uploads);
    blobs.remove = (digest) => later(mostMs.removing, () => remove(digest));
    uploads.bytes = (workspace, digest) => later(mostMs.reading, () => bytes(workspace, digest));
  }

  async function race(
    disturb: () => Promise<unknown>,
  ): Promise<{ deploys: number; removed: number; faults: string[] }> {
    const endMs = performance.now() + RACE_MS;
    const faults: string[] = [];
    let removed = 0;
    const collecting = [one, other].map(async (world) => {
      while (performance.now() < endMs) {
        const { status, body } = await collect(world);
        if (status === 200) removed += body.deleted_blobs;
        else faults.push(`${status} ${body.message}`);
      }
    });
    const disturbing = (async () => {
      while (performance.now() < endMs) await disturb();
    })();
    const deploying = Array.from({ length: SITES }, (_, i) =>
      deployOn(i % 2 === 0 ? one : other, `site${i}`, i, endMs, faults),
    );
    const deploys = (await Promise.all(deploying)).reduce((sum, count) => sum + count, 0);
    await Promise.all([...collecting, disturbing]);
    return { deploys, removed, faults };
  }

  test("is removed while both deploy, and no deploy loses what it was told to be there", async () => {
    slowDown(one, { removing: 10, reading: 10 });
    const { deploys, removed, faults } = await race(() => Bun.sleep(100));
    expect(faults).toEqual([]);
    expect(deploys).toBeGreaterThan(20);
    expect(removed).toBeGreaterThan(20);
    await collect(one);
    expect((await collect(other)).body).toMatchObject({ total_blobs: 0 });
  });

  test("is never what a release names, also where those who remove it lose their locks all the time", async () => {
    slowDown(one, { removing: 150, reading: 5 });
    const { deploys, faults } = await race(async () => {
      await Bun.sleep(200);
      await endSessions();
    });
    expect(faults.filter((fault) => fault.startsWith("lost"))).toEqual([]);
    // What was refused says so, and that it may be tried again.
    expect(faults.filter((fault) => !/^(503|409) /.test(fault))).toEqual([]);
    expect(deploys).toBeGreaterThan(2);
  });

  test("that is being removed is waited for by who wants it, though the lock has passed on", async () => {
    await one.deploy("ann", "shop", { "0.txt": textOf(0) });
    await one.call("ann", "DELETE", "/projects/shop?for_good=true");
    const { blobs } = one.store;
    const remove = blobs.remove.bind(blobs);
    const reached = Promise.withResolvers<void>();
    const mayRemove = Promise.withResolvers<void>();
    blobs.remove = async (digest) => {
      if (digest === digestOf(0)) {
        reached.resolve();
        await mayRemove.promise;
      }
      return await remove(digest);
    };
    const collecting = collect(one);
    await reached.promise;
    await endSessions();
    const files = [{ path: "0.txt", blake3: digestOf(0), size: textOf(0).length }];
    const plan = await waitUntil("the other has the lock", async () => {
      const { status, body } = await other.call("ann", "POST", "/plan", { project: "shop", files });
      return status === 200 && body;
    });
    expect(plan.missing).toHaveLength(1);
    const content = new TextEncoder().encode(textOf(0));
    await other.call("ann", "POST", `/upload/${plan.plan_id}/${digestOf(0)}`, content);
    let isCommitted = false;
    const committing = other.call("ann", "POST", "/commit", { plan_id: plan.plan_id }).then((answer) => {
      isCommitted = true;
      return answer;
    });
    await Bun.sleep(500);
    expect(isCommitted).toBe(false);
    mayRemove.resolve();
    expect((await committing).status).toBe(200);
    await collecting;
    expect(await blobs.has(digestOf(0))).toBe(true);
  });
});
