import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Api } from "#wire";
import { callApi, register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import { type DeployClient, deployClient, type SiteFiles } from "../harness/deploy-client.ts";
import { writeTree } from "../harness/file-tree.ts";
import { type Server, startServer } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";

const PASSWORD = "correct horse battery";
const OTHER = "another password";
/** Never seen by who has not given the password. */
const SECRET = "confidential";

let server: Server;
let client: DeployClient;
let token: string;

beforeAll(async () => {
  server = await startServer();
  ({ token } = await register(server.url));
  client = deployClient({ endpoint: server.url, token });
});

afterAll(() => server[Symbol.asyncDispose]());

const filesOf = (text: string): SiteFiles => ({ "index.html": `<h1>${SECRET} ${text}</h1>`, "404.html": SECRET });

const get = (name: string, path = "/", headers: Record<string, string> = {}) =>
  fetchHost(server, `${name}.${server.domain}`, path, { headers });

const statusOf = async (name: string, headers: Record<string, string> = {}) => (await get(name, "/", headers)).status;

const protect = (body: object) => client.call<Api.AccessState>("PUT", "/access", body);

function logIn(name: string, password: string, path = "/"): Promise<Response> {
  return fetchHost(server, `${name}.${server.domain}`, `${path}?sitepod_access=password`, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ password }).toString(),
  });
}

async function sessionOf(name: string, password: string): Promise<{ Cookie: string }> {
  const response = await logIn(name, password);
  expect(response.status).toBe(303);
  return { Cookie: response.headers.getSetCookie()[0]!.split(";")[0]! };
}

describe("a protected environment", () => {
  test("opens to its password, also at the permanent addresses, and the others stay open", async () => {
    await client.deploy("shop", filesOf("one"), "prod");
    await client.release("shop", "beta");
    expect(await protect({ project: "shop", environment: "prod", password: PASSWORD })).toEqual({
      environment: "prod",
      preview: null,
      url: `http://shop.${server.domain}:${server.port}`,
      is_protected: true,
      has_password: true,
    });
    expect([await statusOf("shop"), await statusOf("shop--v1"), await statusOf("shop-beta")]).toEqual([401, 401, 200]);
    expect((await logIn("shop", OTHER)).status).toBe(401);
    const response = await get("shop", "/", await sessionOf("shop", PASSWORD));
    expect([response.status, response.headers.get("cache-control")]).toEqual([
      200,
      "private, max-age=0, must-revalidate",
    ]);
    expect(await response.text()).toContain(SECRET);
    expect(await statusOf("shop--v1", await sessionOf("shop--v1", PASSWORD))).toBe(200);
  });

  test("ends all sessions and links with its password, and is open when that is taken off", async () => {
    await client.deploy("ends", filesOf("one"), "prod");
    await protect({ project: "ends", environment: "prod", password: PASSWORD });
    const session = await sessionOf("ends", PASSWORD);
    const wanted = { project: "ends", environment: "prod", expires_in: 3600 };
    const link = new URL((await client.call<Api.AccessLink>("POST", "/access/link", wanted)).url);
    expect((await get("ends", link.pathname + link.search)).status).toBe(303);
    expect(await statusOf("ends", session)).toBe(200);

    await protect({ project: "ends", environment: "prod", password: OTHER });
    expect(await statusOf("ends", session)).toBe(401);
    expect((await get("ends", link.pathname + link.search)).status).toBe(401);
    expect((await logIn("ends", PASSWORD)).status).toBe(401);

    await protect({ project: "ends", environment: "prod", password: null });
    expect([await statusOf("ends"), await statusOf("ends--v1")]).toEqual([200, 200]);
    expect((await client.call<Api.AccessList>("GET", "/access?project=ends")).releases_protected).toBe(false);
    const { events } = await client.call<Api.AuditList>("GET", "/audit?project=ends&limit=4");
    expect(events.map(({ action, target }) => `${action} ${target?.split(" ")[0]}`)).toEqual([
      "access.open prod",
      "access.protect prod",
      "access.link prod",
      "access.protect prod",
    ]);
  });

  test("shows nothing to who has not given the password at any moment of deploying, rolling back and renaming", async () => {
    const names = ["held", "held-beta", "held--menu", "kept", "kept-beta", "kept--menu"];
    for (let version = 1; version <= 12; version++) names.push(`held--v${version}`, `kept--v${version}`);
    const seen = new Map<number, number>();
    const leaks: string[] = [];
    const end = new AbortController();
    const look = async (start: number) => {
      for (let turn = start; !end.signal.aborted; turn++) {
        const name = names[turn % names.length]!;
        const response = await get(name, turn % 2 ? "/" : "/nothing");
        seen.set(response.status, (seen.get(response.status) ?? 0) + 1);
        if ((await response.text()).includes(SECRET)) leaks.push(`${name} ${response.status}`);
      }
    };
    const lookers = Array.from({ length: 8 }, (_, i) => look(i * 5));
    try {
      for (const environment of ["prod", "beta"] as const) {
        const commit = await commitProtected("held", filesOf(environment));
        const release = { project: "held", environment, version: commit.version, password: PASSWORD };
        await client.call("POST", "/release", release);
      }
      for (let i = 0; i < 8; i++) {
        const { image_id } = await client.deploy("held", filesOf(`${i}`), "prod");
        await client.call("POST", "/preview", { project: "held", image_id, slug: "menu", password: PASSWORD });
        await client.rollback("held", "prod");
        await client.preview("held", image_id, "menu");
        const to = i % 2 ? "held" : "kept";
        await client.call("PUT", "/domains/rename?project=held", { new_subdomain: to });
      }
    } finally {
      end.abort();
      await Promise.all(lookers);
    }
    expect(leaks).toEqual([]);
    expect(seen.get(401)).toBeGreaterThan(500);
    expect(await statusOf("held", await sessionOf("held", PASSWORD))).toBe(200);
  });
});

/** As `sitepod deploy --protect` does. */
async function commitProtected(project: string, files: SiteFiles): Promise<Api.CommitResponse> {
  const plan = await client.plan(project, files);
  await client.upload(plan, files);
  return await client.call("POST", "/commit", { plan_id: plan.plan_id, protected: true });
}

test("a preview has a password of its own, and the permanent addresses ask for it while nothing else is protected", async () => {
  const { image_id } = await client.deploy("menu", filesOf("one"));
  await client.preview("menu", image_id, "new");
  expect([await statusOf("menu--new"), await statusOf("menu--v1")]).toEqual([200, 200]);
  await protect({ project: "menu", preview: "new", password: PASSWORD });
  expect([await statusOf("menu--new"), await statusOf("menu--v1")]).toEqual([401, 401]);
  expect(await statusOf("menu--new", await sessionOf("menu--new", PASSWORD))).toBe(200);
  expect(await statusOf("menu--v1", await sessionOf("menu--v1", PASSWORD))).toBe(200);
  await client.call("DELETE", "/previews/new?project=menu");
  expect(await statusOf("menu--v1")).toBe(200);
});

describe("what cannot be done", () => {
  const refusals: [what: string, request: string, body: object, status: number, message: RegExp][] = [
    ["no target", "PUT /access", { password: PASSWORD }, 400, /Name either an environment or a preview/],
    ["two targets", "PUT /access", { environment: "prod", preview: "x", password: null }, 400, /Name either/],
    ["a short password", "PUT /access", { environment: "prod", password: "1234567" }, 400, /8 characters or more/],
    ["a long password", "PUT /access", { environment: "prod", password: "x".repeat(257) }, 400, /256 characters/],
    ["an empty password", "PUT /access", { environment: "prod", password: "" }, 400, /8 characters or more/],
    ["an unknown field", "PUT /access", { environment: "prod", passwort: PASSWORD }, 400, /passwort/],
    ["an empty environment", "PUT /access", { environment: "beta", password: PASSWORD }, 409, /deploy --protect/],
    ["an unknown preview", "PUT /access", { preview: "x", password: PASSWORD }, 404, /no preview "x"/],
    ["a link to what is open", "POST /access/link", { environment: "prod", expires_in: 60 }, 409, /needs no link/],
    ["a link for ever", "POST /access/link", { environment: "prod", expires_in: 1e9 }, 400, /expires_in/],
  ];

  beforeAll(async () => {
    await client.deploy("plain", { "index.html": "open" }, "prod");
  });

  test.each(refusals)("%s", async (_, request, body, status, message) => {
    const [method = "", path = ""] = request.split(" ");
    const response = await callApi({ endpoint: server.url, token }, method, path, { project: "plain", ...body });
    expect(response.status).toBe(status);
    expect(((await response.json()) as Api.ErrorBody).message).toMatch(message);
    expect(await statusOf("plain")).toBe(200);
  });

  test.each([
    ["read", "PUT", 403],
    ["deploy", "PUT", 403],
    ["admin", "PUT", 200],
    ["read", "POST", 403],
    ["deploy", "POST", 200],
  ])("a token of the scope %s: %s is %d", async (scope, method, status) => {
    await client.deploy("scoped", { "index.html": "x" }, "prod");
    await protect({ project: "scoped", environment: "prod", password: PASSWORD });
    const made = await client.call<Api.TokenCreated>("POST", "/tokens", { name: "t", scopes: [scope] });
    const body = { project: "scoped", environment: "prod", ...(method === "POST" && { expires_in: 60 }) };
    const path = method === "POST" ? "/access/link" : "/access";
    const response = await callApi({ endpoint: server.url, token: made.token }, method, path, body);
    expect(response.status).toBe(status);
  });
});

test("the command line protects from the first deploy on, gives links, and opens again", async () => {
  await using cli = await commandLine({ endpoint: server.url, token });
  await writeTree(`${cli.home}/dist`, { "index.html": SECRET });
  const env = { SITEPOD_SITE_PASSWORD: PASSWORD };

  const unasked = await cli.run(["deploy", "dist", "-n", "door", "--prod", "--protect"]);
  expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining("Set SITEPOD_SITE_PASSWORD")]);
  const deployed = await cli.run(["deploy", "dist", "-n", "door", "--prod", "--protect"], { env });
  expect(deployed).toMatchObject({ code: 0 });
  expect([await statusOf("door"), await statusOf("door--v1")]).toEqual([401, 401]);
  expect(await statusOf("door", await sessionOf("door", PASSWORD))).toBe(200);

  const link = await cli.run(["protect", "-n", "door", "--link", "7d", "--json"]);
  const { url } = link.json as Api.AccessLink;
  expect((await get("door", new URL(url).pathname + new URL(url).search)).status).toBe(303);

  const previewed = await cli.run(["preview", "dist", "-n", "door", "--slug", "menu", "--protect"], { env });
  expect([previewed.code, await statusOf("door--menu")]).toEqual([0, 401]);
  expect((await cli.run(["protect", "-n", "door", "--preview", "menu", "--off"])).code).toBe(0);
  expect([await statusOf("door--menu"), await statusOf("door")]).toEqual([200, 401]);

  expect((await cli.run(["protect", "-n", "door", "--off", "--link", "7d"])).code).toBe(2);
  const opened = await cli.run(["protect", "-n", "door", "--off"]);
  expect([opened.code, await statusOf("door"), await statusOf("door--v1")]).toEqual([0, 200, 200]);
  expect((await cli.run(["protect", "-n", "door", "--env", "beta"], { env })).code).toBe(5);
});
