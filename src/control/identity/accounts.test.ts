import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { World } from "../domains/world.ts";

let world: World;

beforeEach(async () => {
  world = await World.create();
});
afterEach(() => world[Symbol.asyncDispose]());

const ANN = { email: "ann@example.org", password: "correct horse battery" };
const register = () => world.send("POST", "/auth/login", { ...ANN, action: "register" });
const signUpPolicy = async () => (await world.send("GET", "/config")).body.sign_up;

describe("a first registration that is cut off", () => {
  for (const [before, table] of [
    ["the password is stored", "account"],
    ["its workspace is there", "workspaces"],
    ["it has its token", "tokens"],
    ["its event is there", "audit_events"],
  ] as const) {
    test(`before ${before} leaves no account behind`, async () => {
      const goOn = await world.failInserts(table);
      expect((await register()).status).not.toBe(200);
      await goOn();
      expect(await signUpPolicy()).toBe("first");
      const { token } = (await register()).body;
      const info = await world.send("GET", "/auth/info", undefined, { authorization: `Bearer ${token}` });
      expect(info.body).toMatchObject({ email: ANN.email, is_admin: true });
    });
  }
});

test("two first deploys at once make one workspace", async () => {
  await register();
  // As one has that was made by an earlier version, and cut off.
  await world.tryQuery((query) => query.deleteFrom("workspaces"));
  const { token } = (await world.send("POST", "/auth/login", ANN)).body;
  const plan = (project: string) =>
    world.send(
      "POST",
      "/plan",
      { project, files: [{ path: "index.html", blake3: "0".repeat(64), size: 1 }] },
      { authorization: `Bearer ${token}` },
    );
  const [one, two] = await Promise.all([plan("one"), plan("two")]);
  expect([one?.status, two?.status]).toEqual([200, 200]);
  const workspaceId = (await world.records.readClaim("one"))!.workspace_id;
  expect(await world.records.readClaim("two")).toMatchObject({ workspace_id: workspaceId });
});

describe("the account of the only administrator", () => {
  const deleteAccount = (who: string) => world.call(who, "DELETE", "/account");

  test("cannot be deleted while others are there", async () => {
    await world.makeSite("root", "shop");
    await world.makeSite("ann", "blog");
    const answer = await deleteAccount("root");
    expect(answer).toMatchObject({ status: 409, body: { error: "conflict" } });
    expect(answer.body.message).toContain("other accounts: 1, their sites: 1");
    expect((await world.call("root", "GET", "/projects")).body).toHaveLength(2);
    expect((await deleteAccount("ann")).status).toBe(200);
    expect((await deleteAccount("root")).body).toMatchObject({ deleted_projects: 1 });
  });

  test("can be deleted alone, and the next to register is the first again", async () => {
    await world.call("root", "GET", "/projects");
    expect((await deleteAccount("root")).status).toBe(200);
    expect(await signUpPolicy()).toBe("first");
  });
});
