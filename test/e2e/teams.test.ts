import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Api } from "#wire";
import { callApi, register } from "../harness/account.ts";
import { type CommandLine, commandLine } from "../harness/command-line.ts";
import { writeTree } from "../harness/file-tree.ts";
import { type Server, startServer } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";
import { waitUntil } from "../harness/wait-until.ts";

let server: Server;
let ann: CommandLine;
let bob: CommandLine;

const PASSWORD = "correct horse battery staple";

/** Registers by the secret of an invitation, as the console's page does. */
async function registerInvited(email: string, invitation: string): Promise<string> {
  const request = { email, password: PASSWORD, action: "register", invitation };
  const answer = await callApi({ endpoint: server.url }, "POST", "/auth/login", request);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as Api.LoginResponse).token;
}

const deploy = async (who: CommandLine, page: string, args: readonly string[] = []) => {
  await writeTree(join(who.home, "dist"), { "index.html": page });
  return await who.run(["deploy", "dist", "-n", "shop", ...args]);
};

const served = async () => (await fetchHost(server, `shop.${server.domain}`, "/")).text();

const waiting = async () => ((await ann.run(["approval", "list", "--json"])).json as Api.ApprovalList).approvals;

beforeAll(async () => {
  server = await startServer();
  const { token } = await register(server.url, "ann@example.com");
  ann = await commandLine({ endpoint: server.url, token });
  expect((await deploy(ann, "one", ["--prod"])).code).toBe(0);
  const invited = await ann.run(["member", "invite", "bob@example.com", "--role", "developer"]);
  expect(invited.stdout).toStartWith(`http://${server.domain}`);
  const bobs = await registerInvited("bob@example.com", invited.stdout.trim().split("#")[1]!);
  bob = await commandLine({ endpoint: server.url, token: bobs });
});

afterAll(async () => {
  for (const resource of [ann, bob, server]) await resource?.[Symbol.asyncDispose]();
});

describe("a developer who was invited", () => {
  test("is in the workspace beside their own, and deploys its site under the name alone", async () => {
    const { workspaces } = (await bob.run(["workspace", "list", "--json"])).json as Api.WorkspaceList;
    expect(workspaces.map(({ name, role }) => [name, role])).toEqual([
      ["bob@example.com", "owner"],
      ["ann@example.com", "developer"],
    ]);
    expect((await deploy(bob, "two")).stdout).toContain(`shop-beta.${server.domain}`);
    expect((await bob.run(["domain", "add", "example.com", "-n", "shop"])).stderr).toContain('"domain:write"');
    const members = await bob.run(["member", "list", "--workspace", "ann@example.com"]);
    expect(members.stdout).toMatch(/ann@example\.com +owner/);
    expect(members.stdout).toMatch(/bob@example\.com +developer/);
  });

  test("makes new sites where the workspace in use is", async () => {
    const env = { SITEPOD_WORKSPACE: "ann@example.com" };
    await writeTree(join(bob.home, "dist"), { "index.html": "blog" });
    expect((await bob.run(["deploy", "dist", "-n", "blog"], { env })).code).toBe(0);
    expect((await ann.run(["list", "--json"])).json).toContainEqual(expect.objectContaining({ name: "blog" }));
    expect((await bob.run(["list"], { env: { SITEPOD_WORKSPACE: "nowhere" } })).code).toBe(4);
  });
});

describe("prod that needs an approval", () => {
  test("is asked for, shown and waited for, and moves when another member approves", async () => {
    expect((await ann.run(["guard", "--approval", "-n", "shop"])).stdout).toContain("once another member approves");
    const running = deploy(bob, "three", ["--prod"]);
    const [approval] = await waitUntil("the approval is asked for", async () => {
      const approvals = await waiting();
      return approvals.length > 0 ? approvals : undefined;
    });
    expect(approval).toMatchObject({ project: "shop", environment: "prod", requested_by: "bob@example.com" });
    expect(await served()).toBe("one");
    expect((await bob.run(["approval", "approve", approval!.id])).stderr).toContain("another member must approve");
    expect((await ann.run(["approval", "approve", approval!.id, "-m", "fine"])).code).toBe(0);
    const { code, stdout, stderr } = await running;
    expect([code, stdout.trim()]).toEqual([0, `http://shop.${server.domain}:${server.port}`]);
    expect(stderr).toContain("needs another member's approval");
    expect(stderr).toContain("by ann@example.com: fine");
    expect(await served()).toBe("three");
  });

  test("ends the command with a code of its own, where it must not wait or nobody approves", async () => {
    const asked = await deploy(bob, "four", ["--prod", "--no-wait", "--json"]);
    expect(asked).toMatchObject({ code: 9, json: { error: "approval_required", approval_id: expect.any(String) } });
    const { approval_id: id } = asked.json as { approval_id: string };
    expect((await waiting()).map((approval) => approval.id)).toEqual([id]);
    const running = bob.run(["release", "v2", "-n", "shop"]);
    const asks = await waitUntil("the second is asked for", async () => {
      const approvals = await waiting();
      return approvals.length === 2 ? approvals : undefined;
    });
    for (const ask of asks) expect((await ann.run(["approval", "refuse", ask.id, "-m", "not today"])).code).toBe(0);
    const refused = await running;
    expect([refused.code, refused.stderr]).toEqual([
      9,
      expect.stringContaining("refused by ann@example.com: not today"),
    ]);
    expect(await served()).toBe("three");
  });

  test("goes back to what it served without one, and nowhere while it is locked", async () => {
    expect((await bob.run(["rollback", "-n", "shop"])).code).toBe(0);
    expect(await served()).toBe("one");
    expect((await ann.run(["guard", "--lock", "The fair is on", "-n", "shop"])).code).toBe(0);
    const locked = await ann.run(["release", "-n", "shop"]);
    expect([locked.code, locked.stderr]).toEqual([10, expect.stringContaining("The fair is on")]);
    expect((await bob.run(["guard", "--off", "-n", "shop"])).code).toBe(1);
    expect((await ann.run(["guard", "--off", "-n", "shop"])).stdout).toContain("once another member approves");
    expect((await bob.run(["guard", "-n", "shop"])).stdout).toMatch(/prod +once another member approves/);
    expect((await ann.run(["guard", "--off", "-n", "shop"])).stdout).toContain("by everybody who may deploy");
  });
});

test("a token for beta deploys there, and not to prod", async () => {
  const { stdout } = await ann.run(["token", "create", "ci", "--name", "shop", "--env", "beta"]);
  await using ci = await commandLine({ endpoint: server.url, token: stdout.trim() });
  expect((await deploy(ci, "five")).code).toBe(0);
  const refused = await deploy(ci, "five", ["--prod"]);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("restricted to beta")]);
});

test("the audit log has who did all that, for those who administer the workspace", async () => {
  const { events } = (await ann.run(["audit", "--json", "--limit", "500", "--name", "shop"])).json as Api.AuditList;
  const told = events.map(({ actor, action }) => `${actor} ${action}`);
  for (const event of [
    "ann@example.com guard.set",
    "bob@example.com approval.request",
    "ann@example.com approval.approve",
    "ann@example.com approval.refuse",
    "bob@example.com environment.rollback",
  ]) {
    expect(told).toContain(event);
  }
  expect((await ann.run(["audit", "--action", "member.*"])).stdout).toMatch(/bob@example\.com +member\.join/);
  expect((await bob.run(["audit", "--name", "shop"])).code).toBe(1);
});

test("a member who is removed deploys nothing more", async () => {
  expect((await ann.run(["member", "change", "bob@example.com", "--role", "viewer"])).code).toBe(0);
  expect((await deploy(bob, "six")).code).toBe(1);
  expect((await ann.run(["member", "remove", "bob@example.com", "--yes"])).code).toBe(0);
  expect((await bob.run(["history", "-n", "shop"])).code).toBe(4);
});
