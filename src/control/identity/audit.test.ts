import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { World } from "../domains/world.ts";

let world: World;

beforeAll(async () => {
  world = await World.create();
  await world.call("root", "GET", "/projects");
  await world.deploy("ann", "shop", { "index.html": "one" });
  await world.call("ann", "POST", "/release", { project: "shop", environment: "beta" });
});
afterAll(() => world[Symbol.asyncDispose]());

const actions = async (who: string, query = "") =>
  (await world.call(who, "GET", `/audit${query}`)).body.events.map(({ action }: { action: string }) => action);

describe("the audit log", () => {
  test("tells who did what, by which token, from where, and what there was before and after", async () => {
    const [event] = (await world.call("ann", "GET", "/audit?action=environment.release")).body.events;
    expect(event).toMatchObject({
      actor: "ann@example.org",
      token: expect.any(String),
      address: "127.0.0.1",
      project: "shop",
      target: "beta v1",
      before: null,
      after: { environment: "beta", version: "v1" },
      workspace_id: expect.stringMatching(/^ws_/),
    });
  });

  test("is filtered by actor, action, target and time, and read page by page", async () => {
    expect(await actions("ann", "?action=release.*")).toEqual(["release.create"]);
    expect(await actions("ann", "?action=releas.*")).toEqual([]);
    expect(await actions("ann", "?actor=bob@example.org")).toEqual([]);
    expect(await actions("ann", "?target=v1")).toEqual(["release.create"]);
    const [first, ...rest] = (await world.call("ann", "GET", "/audit")).body.events;
    expect(await actions("ann", `?before=${first.id}`)).toEqual(rest.map(({ action }: any) => action));
    expect(await actions("ann", `?until=${first.at}`)).toEqual([]);
    world.nowMs += 1000;
    await world.call("ann", "POST", "/tokens", { name: "late" });
    expect(await actions("ann", `?since=${new Date(world.nowMs).toISOString()}`)).toEqual(["token.create"]);
    expect((await world.call("ann", "GET", "/audit?before=now")).status).toBe(400);
  });

  test("is read in the order of time, several actions and page by page alike, also where a clock was set back", async () => {
    const shared = (await world.call("ann", "POST", "/workspaces", { name: "Ordered" })).body.id;
    const read = async (query: string) => {
      const { body } = await world.call("ann", "GET", `/audit/export?workspace=${shared}${query}`);
      return body === "" ? [] : body.trim().split("\n").map(JSON.parse);
    };
    for (const [i, laterMs] of [2000, -1000, 0, 5000].entries()) {
      world.nowMs += laterMs;
      const { body } = await world.call("ann", "POST", `/workspaces/${shared}/invitations`, { role: "viewer" });
      if (i % 2 === 1) await world.call("ann", "DELETE", `/workspaces/${shared}/invitations/${body.id}`);
    }
    const all = await read("");
    expect(all).toHaveLength(7);
    expect(all).toEqual(all.toSorted((a: any, b: any) => (a.at === b.at ? b.id - a.id : a.at < b.at ? 1 : -1)));
    const family = await read("&action=invitation.*");
    expect(family).toEqual(all.filter(({ action }: any) => action.startsWith("invitation.")));
    for (const [i, { id }] of family.entries()) {
      expect(await read(`&action=invitation.*&before=${id}`)).toEqual(family.slice(i + 1));
    }
    // An event of another workspace has no place in this one's order.
    const [{ id }] = (await world.call("ann", "GET", "/audit?limit=1")).body.events;
    expect((await world.call("ann", "GET", `/audit/export?workspace=${shared}&before=${id}`)).status).toBe(400);
  });

  test("is exported as lines of JSON, all of it", async () => {
    const { body } = await world.call("ann", "GET", "/audit/export?action=release.*");
    expect(body.trim().split("\n").map(JSON.parse)).toMatchObject([{ action: "release.create", target: "v1" }]);
    const all = (await world.call("ann", "GET", "/audit?limit=500")).body.events;
    const exported = (await world.call("ann", "GET", "/audit/export")).body.trim().split("\n").map(JSON.parse);
    expect(exported).toEqual(all);
  });

  test("is exported by a link that names the workspace, of which only its own people get anything", async () => {
    const shared = (await world.call("ann", "POST", "/workspaces", { name: "Shared" })).body.id;
    const { body } = await world.call("ann", "GET", `/audit/export?workspace=${shared}`);
    expect(body.trim().split("\n").map(JSON.parse)).toMatchObject([{ action: "workspace.create", target: "Shared" }]);
    expect((await world.call("bob", "GET", `/audit/export?workspace=${shared}`)).status).toBe(404);
  });

  test("holds no secret", async () => {
    const made = await world.call("ann", "POST", "/tokens", { name: "secret" });
    const { body } = await world.call("ann", "GET", "/audit/export");
    expect(body).toContain(made.body.id);
    expect(body).not.toContain(made.body.token.slice("sitepod_".length));
  });

  test("cannot be changed, nor anything of it removed, by anybody who has the database", async () => {
    await expect(world.tryQuery((query) => query.updateTable("audit_events").set({ actor: "eve" }))).rejects.toThrow(
      "audit events are never changed",
    );
    await expect(world.tryQuery((query) => query.deleteFrom("audit_events"))).rejects.toThrow(
      "audit events are never changed",
    );
  });

  test("has no event of a change that failed, and there is no change without its event", async () => {
    const [own] = (await world.call("ann", "GET", "/workspaces")).body.workspaces;
    const goOn = await world.failInserts("audit_events");
    expect((await world.call("ann", "PUT", `/workspaces/${own.id}`, { name: "Changed" })).status).toBe(500);
    expect((await world.call("ann", "POST", "/tokens", { name: "unrecorded" })).status).toBe(500);
    expect((await world.call("root", "PUT", `/quotas/${own.id}`, { max_sites: 7 })).status).toBe(500);
    await goOn();
    expect((await world.call("ann", "GET", "/quota")).body.limits.max_sites).not.toBe(7);
    const [now] = (await world.call("ann", "GET", "/workspaces")).body.workspaces;
    expect(now.name).toBe(own.name);
    const { tokens } = (await world.call("ann", "GET", "/tokens")).body;
    expect(tokens.map(({ name }: { name: string }) => name)).not.toContain("unrecorded");
  });
});
