import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import type { Database } from "#db";
import { type TestDatabase, testDatabases } from "./test-database.ts";

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await testDatabases.open();
  ({ db } = database);
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await db.query.deleteFrom("server_keys").execute();
});

const add = (name: string, query = db.query) => query.insertInto("server_keys").values({ name, value: name }).execute();
const names = async () =>
  (await db.query.selectFrom("server_keys").select("name").orderBy("name").execute()).map(({ name }) => name);
const fail = () => Promise.reject(new Error("it fails"));

test("what is done together is there at once, and not at all where it fails", async () => {
  expect(
    await db.together(async () => {
      await add("a");
      await db.query.transaction().execute((query) => add("b", query));
      return await names();
    }),
  ).toEqual(["a", "b"]);
  const failing = db.together(async () => {
    await add("c");
    await db.query.transaction().execute((query) => add("d", query));
    await db.together(() => add("e"));
    await fail();
  });
  await expect(failing).rejects.toThrow("it fails");
  expect(await names()).toEqual(["a", "b"]);
});

test("a part that fails is undone alone, where that is known", async () => {
  await db.together(async () => {
    await add("a");
    const part = db.query.transaction().execute(async (query) => {
      await add("b", query);
      // Refused by the database, which on PostgreSQL ends the part.
      await add("a", query);
    });
    await expect(part).rejects.toThrow();
    await add("c");
  });
  expect(await names()).toEqual(["a", "c"]);
});

test("a failure that the work hides undoes all of it", async () => {
  await add("taken");
  const hidden = db.together(async () => {
    await add("a");
    await add("taken").catch(() => {});
    return "as if nothing had happened";
  });
  await expect(hidden).rejects.toThrow();
  const first = db.together(async () => {
    const part = db.query.transaction().execute(async (query) => {
      await add("b", query);
      await fail();
    });
    await part.catch(() => {});
  });
  await expect(first).rejects.toThrow("and with it all");
  expect(await names()).toEqual(["taken"]);
});

test("nothing is held before something is changed, and others wait only from then on", async () => {
  const [read, computed, changed, ended] = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const work = db.together(async () => {
    expect(await names()).toEqual([]);
    read!.resolve();
    await computed!.promise;
    await add("by the work");
    changed!.resolve();
    await ended!.promise;
  });
  await read!.promise;
  // While it computes.
  await add("by another");
  computed!.resolve();
  await changed!.promise;
  const another = add("by a third");
  ended!.resolve();
  await Promise.all([work, another]);
  expect(await names()).toEqual(["by a third", "by another", "by the work"]);
});

test("what a work has left running goes on without it", async () => {
  const go = Promise.withResolvers<void>();
  let left: Promise<unknown> | undefined;
  await db.together(async () => {
    await add("a");
    left = go.promise.then(() => add("b"));
  });
  go.resolve();
  await left;
  expect(await names()).toEqual(["a", "b"]);
});
