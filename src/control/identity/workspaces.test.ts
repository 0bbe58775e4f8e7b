import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { World } from "../domains/world.ts";

let world: World;
/** The id of a workspace of Ann's, made anew for each test. */
let team: string;

beforeAll(async () => {
  world = await World.create();
  await world.call("root", "GET", "/projects");
});
beforeEach(async () => {
  team = (await world.call("ann", "POST", "/workspaces", { name: "Team" })).body.id;
});
afterAll(() => world[Symbol.asyncDispose]());

type Who = "ann" | "bob" | "cleo" | "root";
const inTeam = (who: Who, method: string, path: string, body?: unknown) =>
  world.call(who, method, path, body, { "x-sitepod-workspace": team });
const about = (who: Who, method: string, path = "", body?: unknown) =>
  world.call(who, method, `/workspaces/${team}${path}`, body);
const idOf = async (who: Who): Promise<string> => (await world.call(who, "GET", "/auth/info")).body.id;
const invite = async (body: object, by: Who = "ann"): Promise<string> =>
  (await about(by, "POST", "/invitations", body)).body.url.split("#")[1];
const join = async (who: Who, body: object, by: Who = "ann") =>
  await world.call(who, "POST", "/invitations/accept", { invitation: await invite(body, by) });
const files = [{ path: "index.html", blake3: "0".repeat(64), size: 1 }];
/** Makes a site of the team's, of a name of its own. */
const makeSite = async (): Promise<string> => {
  const project = `site-${team.slice(3)}`;
  expect((await inTeam("ann", "POST", "/plan", { project, files })).status).toBe(200);
  return project;
};
const membersOf = async (who: Who = "ann") => (await about(who, "GET", "/members")).body.members;
const events = async (action: string) =>
  (await inTeam("ann", "GET", `/audit?action=${action}`)).body.events as { target: string; before: any; after: any }[];

describe("a workspace", () => {
  test("is listed with the role, after the account's own", async () => {
    const { workspaces } = (await world.call("ann", "GET", "/workspaces")).body;
    expect(workspaces[0]).toMatchObject({ name: "ann@example.org", role: "owner", is_own: true });
    expect(workspaces).toContainEqual(
      expect.objectContaining({ id: team, name: "Team", role: "owner", is_own: false }),
    );
  });

  test("gets the new sites of requests that name it, and their lists; others mean the account's own", async () => {
    const site = await makeSite();
    await world.makeSite("ann", "own-site");
    const names = ({ body }: { body: { name: string }[] }) => body.map(({ name }) => name);
    expect(names(await inTeam("ann", "GET", "/projects"))).toEqual([site]);
    expect(names(await world.call("ann", "GET", "/projects"))).toEqual(expect.arrayContaining([site, "own-site"]));
    const { workspaces } = (await world.call("ann", "GET", "/workspaces")).body;
    const own = await world.call("ann", "GET", "/projects/own-site", undefined, { "x-sitepod-workspace": team });
    expect(own.body.workspace_id).toBe(workspaces[0].id);
    expect((await world.call("bob", "GET", "/projects", undefined, { "x-sitepod-workspace": team })).status).toBe(404);
  });

  test("takes another name from those who administer it, and the log has both", async () => {
    await join("bob", { role: "developer" });
    expect((await about("bob", "PUT", "", { name: "Bob's" })).status).toBe(403);
    expect((await about("ann", "PUT", "", { name: " Ann's " })).body).toMatchObject({ id: team, name: "Ann's" });
    expect(await events("workspace.rename")).toMatchObject([{ before: { name: "Team" }, after: { name: "Ann's" } }]);
  });

  test("is deleted by an owner once it has no sites", async () => {
    const site = await makeSite();
    await join("bob", { role: "admin" });
    expect((await about("bob", "DELETE")).status).toBe(403);
    expect((await about("ann", "DELETE")).status).toBe(409);
    await world.call("ann", "DELETE", `/projects/${site}`);
    expect((await about("ann", "DELETE")).status).toBe(200);
    expect((await about("ann", "GET", "/members")).status).toBe(404);
    expect((await about("bob", "GET", "/members")).status).toBe(404);
  });
});

test("an account that an earlier version made is the owner of its workspace after the next start", async () => {
  await world.call("fred", "GET", "/auth/info");
  await world.makeSite("fred", "fred-site");
  const [home] = (await world.call("fred", "GET", "/workspaces")).body.workspaces;
  await world.tryQuery((query) => query.deleteFrom("members").where("workspace_id", "=", home.id));
  await world.tryQuery((query) => query.updateTable("workspaces").set({ home_of: null }).where("id", "=", home.id));
  expect((await world.call("fred", "GET", "/projects/fred-site")).status).toBe(404);
  await world.restart();
  expect((await world.call("fred", "GET", "/workspaces")).body.workspaces).toMatchObject([
    { id: home.id, role: "owner", is_own: true },
  ]);
  expect((await world.call("fred", "GET", "/projects/fred-site")).status).toBe(200);
});

describe("an invitation", () => {
  test("to a site takes nothing from who is more there already, and makes more of who is less", async () => {
    const project = await makeSite();
    const roleAs = async (role: string) => {
      await join("bob", { role: null, sites: [{ project, role }] });
      return (await membersOf()).find(({ email }: any) => email === "bob@example.org").sites;
    };
    expect(await roleAs("viewer")).toEqual([{ project, role: "viewer" }]);
    expect(await roleAs("developer")).toEqual([{ project, role: "developer" }]);
    expect(await roleAs("viewer")).toEqual([{ project, role: "developer" }]);
  });

  test("shows what it is to, and makes a member once", async () => {
    const invitation = await invite({ role: "developer" });
    expect((await world.send("POST", "/invitations/look", { invitation })).body).toMatchObject({
      workspace: "Team",
      role: "developer",
      invited_by: "ann@example.org",
    });
    const accepted = await world.call("bob", "POST", "/invitations/accept", { invitation });
    expect(accepted.body).toMatchObject({ id: team, name: "Team", role: "developer" });
    for (const who of ["bob", "cleo"]) {
      expect((await world.call(who, "POST", "/invitations/accept", { invitation })).status).toBe(410);
    }
    expect((await world.send("POST", "/invitations/look", { invitation })).status).toBe(410);
    expect((await membersOf()).map(({ email, role }: any) => [email, role])).toEqual([
      ["ann@example.org", "owner"],
      ["bob@example.org", "developer"],
    ]);
    expect(await events("member.join")).toMatchObject([{ target: "bob@example.org", after: { role: "developer" } }]);
  });

  test("that several accept at once makes one of them a member", async () => {
    const invitation = await invite({ role: "viewer" });
    const accept = (who: Who) => world.call(who, "POST", "/invitations/accept", { invitation });
    const statuses = (await Promise.all([accept("bob"), accept("cleo")])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 410]);
    expect(await membersOf()).toHaveLength(2);
  });

  test("is none after it was revoked, has expired, or its maker lost the right to make it", async () => {
    const revoked = await invite({ role: "viewer" });
    const [{ id }] = (await about("ann", "GET", "/invitations")).body.invitations;
    expect((await about("ann", "DELETE", `/invitations/${id}`)).status).toBe(200);
    expect((await about("ann", "DELETE", `/invitations/${id}`)).status).toBe(404);
    await join("bob", { role: "admin" });
    const bobs = await invite({ role: "viewer" }, "bob");
    await about("ann", "PUT", `/members/${await idOf("bob")}`, { role: "developer" });
    const short = await invite({ role: "viewer", expires_in: 60 });
    world.nowMs += 60_000;
    for (const invitation of [revoked, bobs, short, "invite_nobody"]) {
      expect((await world.call("cleo", "POST", "/invitations/accept", { invitation })).status).toBe(410);
    }
    expect((await about("ann", "GET", "/invitations")).body.invitations.map((open: any) => open.invited_by)).toEqual([
      "bob@example.org",
    ]);
  });

  test("to an address is accepted by an account of that address alone", async () => {
    const invitation = await invite({ role: "viewer", email: "Cleo@example.org" });
    const mail = world.mails.at(-1);
    expect([mail?.to, mail?.subject]).toEqual(["cleo@example.org", "ann@example.org invites you to Team"]);
    expect(mail?.text).toContain(`https://sites.test/invitation#${invitation}`);
    expect((await world.call("bob", "POST", "/invitations/accept", { invitation })).status).toBe(403);
    expect((await world.call("cleo", "POST", "/invitations/accept", { invitation })).status).toBe(200);
  });

  test("lets somebody register where sign-up is closed, once, and into the workspace", async () => {
    await world.restart({ signUpIsOpen: false });
    const register = (name: string, more: object) =>
      world.send("POST", "/auth/login", {
        email: `${name}-${team.slice(3)}@example.org`,
        password: World.password,
        action: "register",
        ...more,
      });
    expect((await register("dora", {})).status).toBe(403);
    expect((await register("dora", { invitation: "invite_nobody" })).status).toBe(410);
    const invitation = await invite({ role: "viewer" });
    const both = await Promise.all([register("dora", { invitation }), register("emil", { invitation })]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 410]);
    const { token } = both.find(({ status }) => status === 200)!.body;
    const { workspaces } = (await world.send("GET", "/workspaces", undefined, { authorization: `Bearer ${token}` }))
      .body;
    expect(workspaces.map(({ name, role }: any) => [name, role])).toEqual([
      [expect.stringContaining("@example.org"), "owner"],
      ["Team", "viewer"],
    ]);
    await world.restart();
  });
});

describe("a member", () => {
  test("of one site is a developer there, and sees nothing else", async () => {
    const site = await makeSite();
    const hidden = `hidden-${team.slice(3)}`;
    await inTeam("ann", "POST", "/plan", { project: hidden, files });
    await join("bob", { role: null, sites: [{ project: site, role: "developer" }] });
    expect((await world.call("bob", "POST", "/plan", { project: site, files })).status).toBe(200);
    expect((await world.call("bob", "GET", `/projects/${hidden}`)).status).toBe(404);
    expect((await inTeam("bob", "GET", "/projects")).body).toMatchObject([{ name: site, role: "developer" }]);
    expect((await about("bob", "GET", "/members")).status).toBe(403);
    expect((await inTeam("bob", "POST", "/plan", { project: `new-${team.slice(3)}`, files })).status).toBe(403);
    expect((await world.call("bob", "POST", "/tokens", { name: "ci", project: site })).status).toBe(200);
    expect((await world.call("bob", "DELETE", `/projects/${site}`)).status).toBe(403);
  });

  test("who is a viewer may be a developer of one site, until the grant is taken back", async () => {
    const site = await makeSite();
    await join("bob", { role: "viewer" });
    const plan = () => world.call("bob", "POST", "/plan", { project: site, files });
    expect((await plan()).status).toBe(403);
    const change = (sites: object[]) => async () =>
      await about("ann", "PUT", `/members/${await idOf("bob")}`, { role: "viewer", sites });
    expect((await change([{ project: site, role: "developer" }])()).body.sites).toHaveLength(1);
    expect((await plan()).status).toBe(200);
    await change([])();
    expect((await plan()).status).toBe(403);
    expect(
      (await events("member.change")).map(({ before, after }) => [before.sites.length, after.sites.length]),
    ).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  test("may not make owners, nor change or remove them, unless they are one", async () => {
    await join("bob", { role: "admin" });
    const [ann, bob] = [await idOf("ann"), await idOf("bob")];
    expect((await about("bob", "POST", "/invitations", { role: "owner" })).status).toBe(403);
    expect((await about("bob", "PUT", `/members/${bob}`, { role: "owner" })).status).toBe(403);
    expect((await about("bob", "PUT", `/members/${ann}`, { role: "viewer" })).status).toBe(403);
    expect((await about("bob", "DELETE", `/members/${ann}`)).status).toBe(403);
    expect((await about("ann", "PUT", `/members/${bob}`, { role: "owner" })).status).toBe(200);
    expect((await about("bob", "DELETE", `/members/${ann}`)).status).toBe(200);
    expect(await membersOf("bob")).toMatchObject([{ user_id: bob, role: "owner" }]);
  });

  test("who is the last owner cannot leave, be removed, or become less; of two who leave at once one stays", async () => {
    await join("bob", { role: "admin" });
    const ann = await idOf("ann");
    expect((await about("ann", "POST", "/leave")).status).toBe(409);
    expect((await about("ann", "DELETE", `/members/${ann}`)).status).toBe(409);
    expect((await about("ann", "PUT", `/members/${ann}`, { role: "admin" })).status).toBe(409);
    await about("ann", "PUT", `/members/${await idOf("bob")}`, { role: "owner" });
    const statuses = (await Promise.all([about("ann", "POST", "/leave"), about("bob", "POST", "/leave")])).map(
      ({ status }) => status,
    );
    expect(statuses.toSorted()).toEqual([200, 409]);
  });

  test("who is removed is shut out at once, with the tokens for the workspace", async () => {
    const site = await makeSite();
    await join("bob", { role: "developer" });
    const { token } = (await world.call("bob", "POST", "/tokens", { name: "ci", project: site })).body;
    const plan = await world.call("bob", "POST", "/plan", { project: site, files });
    const byToken = () =>
      world.send("GET", `/history?project=${site}`, undefined, { authorization: `Bearer ${token}` });
    expect((await byToken()).status).toBe(200);
    await about("ann", "DELETE", `/members/${await idOf("bob")}`);
    expect((await byToken()).status).toBe(401);
    expect((await world.call("bob", "GET", `/projects/${site}`)).status).toBe(404);
    expect((await world.call("bob", "POST", "/commit", { plan_id: plan.body.plan_id })).status).toBe(404);
  });

  test("who is the last owner of a workspace with others cannot delete the account; the others can", async () => {
    const { id } = (await world.call("dora", "POST", "/workspaces", { name: "Dora's" })).body;
    const { url } = (await world.call("dora", "POST", `/workspaces/${id}/invitations`, { role: "developer" })).body;
    await world.call("emil", "POST", "/invitations/accept", { invitation: url.split("#")[1] });
    const refused = await world.call("dora", "DELETE", "/account");
    expect(refused).toMatchObject({ status: 409 });
    expect(refused.body.message).toContain('last owner of the workspace "Dora\'s"');
    expect((await world.call("emil", "DELETE", "/account")).status).toBe(200);
    expect((await world.call("dora", "GET", `/workspaces/${id}/members`)).body.members).toHaveLength(1);
    expect((await world.call("dora", "DELETE", "/account")).status).toBe(200);
  });
});

describe("a token", () => {
  test("for environments releases to those alone", async () => {
    const site = `envs-${team.slice(3)}`;
    await world.deploy("ann", site, { "index.html": "one" });
    const made = await world.call("ann", "POST", "/tokens", { name: "ci", project: site, environments: ["beta"] });
    expect(made.body).toMatchObject({ environments: ["beta"], project: site });
    const release = (environment: string, path = "/release") =>
      world.send("POST", path, { project: site, environment }, { authorization: `Bearer ${made.body.token}` });
    expect((await release("beta")).status).toBe(200);
    expect(await release("prod")).toMatchObject({ status: 403, body: { error: "forbidden" } });
    expect((await release("prod", "/rollback")).status).toBe(403);
    const admin = { name: "all", scopes: ["admin"], environments: ["beta"] };
    expect((await world.call("ann", "POST", "/tokens", admin)).status).toBe(400);
  });

  test("of a workspace is listed and revoked by those who administer it, and reaches no other", async () => {
    await makeSite();
    await join("bob", { role: "developer" });
    const { token, id } = (await inTeam("bob", "POST", "/tokens", { name: "ci", scopes: ["admin"] })).body;
    const headers = { authorization: `Bearer ${token}` };
    expect((await world.send("GET", "/projects", undefined, headers)).body).toMatchObject([{ workspace_id: team }]);
    expect((await world.send("GET", "/workspaces", undefined, headers)).body.workspaces).toMatchObject([{ id: team }]);
    expect((await world.send("GET", "/tokens", undefined, headers)).status).toBe(403);
    expect((await about("bob", "GET", "/tokens")).status).toBe(403);
    expect((await about("ann", "GET", "/tokens")).body.tokens).toMatchObject([{ id, owner_email: "bob@example.org" }]);
    expect((await about("ann", "DELETE", `/tokens/${id}`)).status).toBe(200);
    expect((await world.send("GET", "/projects", undefined, headers)).status).toBe(401);
  });
});
