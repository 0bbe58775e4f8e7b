import { describe, expect, test } from "bun:test";
import { runCli } from "./mod.ts";
import { makeWorld } from "./test-world.ts";

const WORKSPACES = {
  workspaces: [
    { id: "ws_0000000000000001", name: "ann@example.org", role: "owner", is_own: true, created_at: "2026-01-01" },
    { id: "ws_0000000000000002", name: "Team", role: "admin", is_own: false, created_at: "2026-01-01" },
    { id: "ws_0000000000000003", name: "Twins", role: "admin", is_own: false, created_at: "2026-01-01" },
    { id: "ws_0000000000000004", name: "Twins", role: "admin", is_own: false, created_at: "2026-01-01" },
  ],
};

/** Runs a command, and returns with what it wrote and how it ended what the server was asked that is no list of workspaces. */
async function run(argv: string[], answers: Record<string, () => Response> = {}, env: Record<string, string> = {}) {
  const asked: { what: string; body: unknown; workspace: string | null }[] = [];
  const { world, stdout, stderr } = makeWorld({
    env: { SITEPOD_ENDPOINT: "http://server.test", SITEPOD_TOKEN: "sitepod_test", ...env },
    fetch: (async (url: string, init: RequestInit) => {
      const what = `${init.method} ${new URL(url).pathname.slice("/api/v1".length)}`;
      if (what === "GET /workspaces") return Response.json(WORKSPACES);
      const workspace = new Headers(init.headers).get("x-sitepod-workspace");
      asked.push({ what, body: init.body ? JSON.parse(String(init.body)) : undefined, workspace });
      return answers[what]?.() ?? Response.json({});
    }) as typeof fetch,
  });
  const code = await runCli(argv, world);
  return { code, asked, stdout: stdout.text, stderr: stderr.text };
}

describe("the workspace that a command works in", () => {
  test("is named by its name or its id, by an option or a variable, to the server by its id", async () => {
    const list = { "GET /projects": () => Response.json([]) };
    for (const [argv, env] of [
      [["list", "--workspace", "Team"], {}],
      [["list", "--workspace", "ws_0000000000000002"], { SITEPOD_WORKSPACE: "Twins" }],
      [["list"], { SITEPOD_WORKSPACE: "Team" }],
    ] as const) {
      expect((await run([...argv], list, env)).asked).toEqual([
        { what: "GET /projects", body: undefined, workspace: "ws_0000000000000002" },
      ]);
    }
    expect((await run(["list"], list)).asked[0]?.workspace).toBeNull();
  });

  test("must be one that there is, and one alone", async () => {
    expect(await run(["list", "--workspace", "Nowhere"])).toMatchObject({ code: 4, asked: [] });
    const twins = await run(["list", "--workspace", "Twins"]);
    expect([twins.code, twins.stderr]).toEqual([
      2,
      expect.stringContaining("ws_0000000000000003, ws_0000000000000004"),
    ]);
  });
});

describe("an invitation", () => {
  const invited = () =>
    Response.json({
      url: "http://x/invitation#invite_1",
      role: "viewer",
      sites: [],
      expires_at: "2026-02-07T12:00:00Z",
    });

  test("is to the account's own workspace unless another is in use, and the link is all that is printed", async () => {
    const path = "POST /workspaces/ws_0000000000000001/invitations";
    const { asked, stdout } = await run(["member", "invite", "--role", "viewer"], { [path]: invited });
    expect(asked).toMatchObject([{ what: path, body: { role: "viewer", sites: [], expires_in: 604_800 } }]);
    expect(stdout).toBe("http://x/invitation#invite_1\n");
  });

  test("to single sites gives no role in the workspace", async () => {
    const path = "POST /workspaces/ws_0000000000000002/invitations";
    const argv = ["member", "invite", "b@example.org", "--site", "shop", "blog", "--workspace", "Team"];
    const sites = ["shop", "blog"].map((project) => ({ project, role: "developer" }));
    expect((await run(argv, { [path]: invited })).asked[0]?.body).toMatchObject({
      role: null,
      sites,
      email: "b@example.org",
    });
    expect((await run([...argv, "--role", "admin"])).stderr).toContain("Nobody is admin of a single site.");
  });
});

describe("a guard", () => {
  test.each([
    [["--approval"], { kind: "approval" }],
    [["--lock", "fair"], { kind: "lock", reason: "fair" }],
    [["--off"], null],
  ])("%p tells the server %j", async (argv, guard) => {
    const { asked } = await run(["guard", "-n", "shop", ...argv], { "PUT /guards": () => Response.json({ guard }) });
    expect(asked).toMatchObject([{ what: "PUT /guards", body: { project: "shop", environment: "prod", guard } }]);
  });

  test("is one thing at a time", async () => {
    expect(await run(["guard", "-n", "shop", "--off", "--approval"])).toMatchObject({ code: 2, asked: [] });
  });
});

describe("a release that needs an approval", () => {
  const required = () =>
    Response.json({ error: "approval_required", message: "Ask.", approval_id: "approval_1" }, { status: 409 });
  const approval = (state: string) => () =>
    Response.json({ state, version: "v2", environment: "prod", release_url: "http://v2", url: "http://prod" });

  test("is waited for, and ends as it is decided", async () => {
    const states = ["pending", "pending", "approved"];
    const answers = {
      "POST /release": required,
      "GET /approvals/approval_1": () => approval(states.shift()!)(),
    };
    expect(await run(["release", "-n", "shop"], answers)).toMatchObject({ code: 0, stdout: "http://prod\n" });
    const refused = { ...answers, "GET /approvals/approval_1": approval("refused") };
    expect(await run(["release", "-n", "shop"], refused)).toMatchObject({ code: 9, stdout: "" });
  });

  test("is not waited for with --no-wait", async () => {
    const { code, asked, stdout } = await run(["release", "-n", "shop", "--no-wait", "--json"], {
      "POST /release": required,
    });
    expect([code, asked.length]).toEqual([9, 1]);
    expect(JSON.parse(stdout)).toMatchObject({ error: "approval_required", approval_id: "approval_1" });
  });

  test("to a locked environment has an exit code of its own", async () => {
    const locked = () => Response.json({ error: "locked", message: "Locked." }, { status: 423 });
    expect((await run(["release", "-n", "shop"], { "POST /release": locked })).code).toBe(10);
  });
});

test("a token for an environment, and a time in the audit log, are told as the API has them", async () => {
  const { asked } = await run(["token", "create", "ci", "--name", "shop", "--env", "beta", "--ttl", "90d"]);
  expect(asked).toMatchObject([{ body: { project: "shop", environments: ["beta"], expires_in: 7_776_000 } }]);
  expect((await run(["audit", "--since", "yesterday"])).code).toBe(2);
});
