import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { World } from "../domains/world.ts";

let world: World;
let count = 0;

beforeAll(async () => {
  world = await World.create();
  await world.call("root", "GET", "/projects");
});
afterAll(() => world[Symbol.asyncDispose]());

type Guard = { kind: "approval" } | { kind: "lock"; reason: string } | null;

/** A site of Ann's with two releases, the first of them in prod, that Bob is a developer of. */
async function makeSite(guard: Guard) {
  const project = `site-${++count}`;
  await world.deploy("ann", project, { "index.html": "one" });
  await world.call("ann", "POST", "/release", { project, environment: "prod" });
  await world.deploy("ann", project, { "index.html": "two" });
  const [own] = (await world.call("ann", "GET", "/workspaces")).body.workspaces;
  const invite = async (role: string, who: string) => {
    const request = { role: null, sites: [{ project, role }] };
    const { url } = (await world.call("ann", "POST", `/workspaces/${own.id}/invitations`, request)).body;
    await world.call(who, "POST", "/invitations/accept", { invitation: url.split("#")[1] });
  };
  await invite("developer", "bob");
  const set = (wanted: Guard, who = "ann") =>
    world.call(who, "PUT", "/guards", { project, environment: "prod", guard: wanted });
  if (guard) expect((await set(guard)).status).toBe(200);
  return {
    project,
    set,
    invite,
    release: (who: string, more: object = {}) =>
      world.call(who, "POST", "/release", { project, environment: "prod", ...more }),
    rollBack: (who: string, version?: string) =>
      world.call(who, "POST", "/rollback", { project, environment: "prod", ...(version && { version }) }),
    served: async () =>
      (await world.call("ann", "GET", `/current?project=${project}&environment=prod`)).body.version as string,
    approvals: async (more = "") =>
      (await world.call("ann", "GET", `/approvals?project=${project}${more}`)).body.approvals as any[],
    decide: (who: string, id: string, word: "approve" | "refuse", comment?: string) =>
      world.call(who, "POST", `/approvals/${id}/${word}`, comment === undefined ? {} : { comment }),
    actions: async () =>
      (await world.call("ann", "GET", `/audit?project=${project}`)).body.events.map((event: any) => event.action),
  };
}

describe("a release to an environment that needs an approval", () => {
  test("waits, moves nothing, and is made once another member approves it", async () => {
    const site = await makeSite({ kind: "approval" });
    const asked = await site.release("bob");
    expect(asked).toMatchObject({ status: 409, body: { error: "approval_required" } });
    const { approval_id: id } = asked.body;
    expect(asked.body.message).toContain(`sitepod approval approve ${id}`);
    expect(await site.served()).toBe("v1");
    expect(await site.approvals()).toMatchObject([
      { id, version: "v2", action: "release", state: "pending", requested_by: "bob@example.org" },
    ]);
    const approved = await site.decide("ann", id, "approve", "looks good");
    expect(approved).toMatchObject({
      status: 200,
      body: { state: "approved", decided_by: "ann@example.org", comment: "looks good", previous_version: "v1" },
    });
    expect(await site.served()).toBe("v2");
    expect(await site.approvals()).toEqual([]);
    expect(await site.approvals("&all=true")).toMatchObject([{ id, state: "approved", pointer_version: 2 }]);
    expect((await site.actions()).slice(0, 3)).toEqual(["environment.release", "approval.approve", "approval.request"]);
  });

  test("asked for again is the same request, and does not get through by its own maker or by an owner alone", async () => {
    const site = await makeSite({ kind: "approval" });
    const { approval_id: id } = (await site.release("ann")).body;
    expect((await site.release("ann")).body.approval_id).toBe(id);
    expect((await site.decide("ann", id, "approve")).status).toBe(403);
    expect((await site.decide("bob", id, "approve")).status).toBe(200);
    expect(await site.served()).toBe("v2");
  });

  test("stays where it is when it is refused, withdrawn, or nobody says anything in a week", async () => {
    const site = await makeSite({ kind: "approval" });
    const ask = async () => (await site.release("bob")).body.approval_id as string;
    const refused = await ask();
    expect((await site.decide("ann", refused, "refuse", "not on a Friday")).body).toMatchObject({
      state: "refused",
      comment: "not on a Friday",
    });
    const withdrawn = await ask();
    expect(withdrawn).not.toBe(refused);
    expect((await site.decide("bob", withdrawn, "refuse")).body.state).toBe("withdrawn");
    const late = await ask();
    world.nowMs += 7 * 24 * 60 * 60 * 1000;
    for (const id of [refused, withdrawn, late]) expect((await site.decide("ann", id, "approve")).status).toBe(410);
    expect((await site.approvals("&all=true")).map(({ state }) => state).toSorted()).toEqual([
      "expired",
      "refused",
      "withdrawn",
    ]);
    expect(await site.served()).toBe("v1");
  });

  test("is not made in the name of who has been removed since, nor over what is newer", async () => {
    const site = await makeSite({ kind: "approval" });
    const { approval_id: orphan } = (await site.release("bob", { version: "v1" })).body;
    const { approval_id: old } = (await site.release("ann", { version: "v1", in_order: "releases" })).body;
    const { approval_id: newer } = (await site.release("ann")).body;
    expect((await site.decide("bob", newer, "approve")).status).toBe(200);
    expect(await site.decide("bob", old, "approve")).toMatchObject({ status: 409, body: { error: "stale" } });
    const [own] = (await world.call("ann", "GET", "/workspaces")).body.workspaces;
    const bob = (await world.call("bob", "GET", "/auth/info")).body.id;
    await world.call("ann", "DELETE", `/workspaces/${own.id}/members/${bob}`);
    const answer = await site.decide("ann", orphan, "approve");
    expect(answer.body.message).toContain("may not deploy the site any more");
    expect(await site.served()).toBe("v2");
  });

  test("is approved by one of two who do at once", async () => {
    const site = await makeSite({ kind: "approval" });
    await site.invite("developer", "cleo");
    const { approval_id: id } = (await site.release("bob")).body;
    const statuses = await Promise.all([site.decide("ann", id, "approve"), site.decide("cleo", id, "approve")]);
    expect(statuses.map(({ status }) => status).toSorted()).toEqual([200, 410]);
    expect((await site.actions()).filter((action: string) => action === "environment.release")).toHaveLength(2);
  });

  test("cannot be approved by a viewer, nor by a token that may deploy alone", async () => {
    const site = await makeSite({ kind: "approval" });
    await site.invite("viewer", "cleo");
    const { approval_id: id } = (await site.release("bob")).body;
    expect((await site.decide("cleo", id, "approve")).status).toBe(403);
    const { token } = (await world.call("ann", "POST", "/tokens", { name: "ci", project: site.project })).body;
    const path = `/approvals/${id}/approve`;
    expect((await world.send("POST", path, {}, { authorization: `Bearer ${token}` })).status).toBe(403);
  });

  test("is not put off where it would protect the environment by a password: nobody keeps that", async () => {
    const site = await makeSite({ kind: "approval" });
    expect((await site.release("bob", { password: "a long password" })).status).toBe(400);
    expect(await site.approvals()).toEqual([]);
  });
});

describe("a rollback of an environment that needs an approval", () => {
  test("goes through to what it served before, and waits to what it never did", async () => {
    const site = await makeSite(null);
    await site.release("ann");
    await world.deploy("ann", site.project, { "index.html": "three" });
    await site.set({ kind: "approval" });
    expect((await site.rollBack("bob")).body).toMatchObject({ version: "v1" });
    expect((await site.rollBack("bob", "v3")).body).toMatchObject({ error: "approval_required" });
    expect(await site.served()).toBe("v1");
  });
});

describe("a lock", () => {
  test("holds against everybody, with its reason, until it is taken off; beta moves on", async () => {
    const site = await makeSite({ kind: "lock", reason: "the fair is on" });
    for (const answer of [await site.release("ann"), await site.rollBack("bob", "v1"), await site.release("root")]) {
      expect(answer).toMatchObject({ status: 423, body: { error: "locked" } });
      expect(answer.body.message).toContain("the fair is on");
    }
    expect(await site.served()).toBe("v1");
    const beta = { project: site.project, environment: "beta" };
    expect((await world.call("bob", "POST", "/release", beta)).status).toBe(200);
    expect((await world.call("bob", "GET", `/guards?project=${site.project}`)).body.guards).toMatchObject([
      { environment: "prod", guard: { kind: "lock", reason: "the fair is on" }, set_by: "ann@example.org" },
      { environment: "beta", guard: null, set_by: null },
    ]);
    expect((await site.set(null)).status).toBe(200);
    expect((await site.release("bob")).status).toBe(200);
  });

  test("put on while a move waits holds against its approval", async () => {
    const site = await makeSite({ kind: "approval" });
    const { approval_id: id } = (await site.release("bob")).body;
    await site.set({ kind: "lock", reason: "incident" });
    expect(await site.decide("ann", id, "approve")).toMatchObject({ status: 423 });
    expect(await site.approvals()).toMatchObject([{ id, state: "pending" }]);
  });
});

test("only who administers the workspace sets guards, and the log has what there was", async () => {
  const site = await makeSite({ kind: "approval" });
  expect((await site.set(null, "bob")).status).toBe(403);
  await site.set({ kind: "lock", reason: "fair" });
  expect((await site.set(null)).body.guard).toEqual({ kind: "approval" });
  const { events } = (await world.call("ann", "GET", `/audit?project=${site.project}&action=guard.*`)).body;
  expect(events.map(({ action, before, after }: any) => [action, before, after])).toEqual([
    ["guard.remove", { kind: "lock", reason: "fair", over: "approval" }, { kind: "approval" }],
    ["guard.set", { kind: "approval" }, { kind: "lock", reason: "fair", over: "approval" }],
    ["guard.set", null, { kind: "approval" }],
  ]);
});
