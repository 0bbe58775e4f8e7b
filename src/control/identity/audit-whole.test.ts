import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { World } from "../domains/world.ts";
import type { AuditAction } from "./audit-actions.ts";
import type { AuditCase } from "./audit-case.ts";
import { AUDIT_CASES } from "./audit-cases.ts";

let world: World;

beforeAll(async () => {
  world = await World.create();
  for (const who of ["root", "ann", "bob"]) await world.call(who, "GET", "/projects");
  const oidc = { name: "Example ID", issuer: "https://id.test", clientId: "x", clientSecret: "x", signUpDomains: [] };
  await world.restart({ oidc });
  await world.settleChanges();
});
afterAll(() => world[Symbol.asyncDispose]());
afterEach(async () => {
  expect(await pending()).toEqual([]);
});

const pending = () => world.tryQuery((query) => query.selectFrom("pending_changes").select("kind"));
const count = async (action: AuditAction): Promise<number> => {
  const rows = await world.tryQuery((query) =>
    query.selectFrom("audit_events").where("action", "=", action).selectAll(),
  );
  return (rows as unknown[]).length;
};

const cases = Object.entries(AUDIT_CASES).flatMap(([action, found]) =>
  [found]
    .flat()
    .map((one: AuditCase, i) => ({ ...one, action: action as AuditAction, name: i ? `${action} ${i + 1}` : action })),
);
const by = (...wanted: AuditCase["by"][]) => cases.filter((one) => wanted.includes(one.by));

describe("where its event cannot be written, nothing has happened:", () => {
  test.each(by("database", "nothing"))("$name", async ({ action, prepare, state = (world) => world.snapshot() }) => {
    const act = await prepare(world);
    const [before, events] = [await state(world), await count(action)];
    const goOn = await world.failInserts("audit_events", action);
    const failed = await act();
    await goOn();
    expect(failed?.status ?? 500).toBe(500);
    expect(await state(world)).toEqual(before);
    expect(await count(action)).toBe(events);
    const done = await act();
    if (action !== "approval.request") expect(done?.status ?? 200).toBe(200);
    expect(await count(action)).toBe(events + 1);
  });
});

describe("what the store has when it is cut off is told once:", () => {
  test.each(by("store"))("$name", async ({ action, prepare }) => {
    const act = await prepare(world);
    const events = await count(action);
    const goOn = await world.failInserts("audit_events", action);
    expect((await act())?.status).toBe(500);
    await goOn();
    expect(await count(action)).toBe(events);
    for (let times = 0; times < 2; times++) {
      await world.settleChanges();
      expect(await count(action)).toBe(events + 1);
    }
  });
});

describe("what the store refuses is not told:", () => {
  let mend: () => void;
  beforeEach(() => {
    const { documents } = world.store;
    const { create, replace, remove } = documents;
    mend = () => void Object.assign(documents, { create, replace, remove });
  });
  afterEach(() => mend());

  // Of garbage collected by hand it is told that it was begun.
  test.each(by("store").filter(({ action }) => !action.startsWith("server.")))(
    "$name",
    async ({ action, prepare, isSpent }) => {
      const act = await prepare(world);
      const events = await count(action);
      const refuse = () => Promise.reject(new Error("the storage does not answer"));
      Object.assign(world.store.documents, { create: refuse, replace: refuse, remove: refuse });
      expect((await act())?.status).toBe(500);
      mend();
      await world.settleChanges();
      expect(await count(action)).toBe(events);
      if (isSpent) return;
      expect((await act())?.status).toBe(200);
      expect(await count(action)).toBe(events + 1);
    },
  );
});
