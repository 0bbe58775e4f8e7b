import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mayAs, type Permission, PERMISSIONS, ruleOf, TOKEN_SCOPES, type TokenScope } from "#model";
import { hashBytes } from "#store";
import { World } from "../domains/world.ts";
import { type Ids, OF_THE_CALLER, requestOf, requestsWith, unknownIds } from "./isolation-requests.ts";

/**
 * Calls every route that the OpenAPI document has, with the ids of Ann's workspace, as people who must not get there. A
 * route that the document gains has no request in `isolation-requests.ts`, and fails here until it has one.
 */

interface Operation {
  /** `GET /projects/{id}` */
  readonly key: string;
  readonly permission: Permission | "none";
}

const world = await World.create();
afterAll(() => world[Symbol.asyncDispose]());

const document = (await world.send("GET", "/openapi.json")).body as {
  paths: Record<string, Record<string, { "x-permission"?: string }>>;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    key: `${method.toUpperCase()} ${path.replace("/api/v1", "")}`,
    permission: operation["x-permission"],
  })),
) as Operation[];
const guarded = operations.filter(
  (operation): operation is Operation & { permission: Permission } =>
    operation.permission !== "none" && !OF_THE_CALLER.has(operation.key),
);

/** What is Ann's, and what no refusal may tell of it. */
let ids: Ids;
const marks: string[] = [];
const tokens = new Map<string, string>();

const send = (token: string, { method, path, body }: ReturnType<typeof requestOf>) =>
  world.send(method, path, body, { authorization: `Bearer ${token}` });
const asked = async (who: string, method: string, path: string, body?: unknown) => {
  const answer = await world.call(who, method, path, body);
  if (answer.status !== 200) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer.body;
};

beforeAll(async () => {
  await asked("root", "GET", "/projects");
  ids = await makeWorkspace();
  await asked("eve", "GET", "/projects");
  await world.makeSite("eve", "evil");
});

async function makeWorkspace(): Promise<Ids> {
  const { planId, body: commit } = await world.deploy(
    "ann",
    "shop",
    { "secret-page.html": "secret" },
    { message: "m4rk" },
  );
  await world.deploy("ann", "other", { "index.html": "other" });
  for (const environment of ["prod", "beta"]) await asked("ann", "POST", "/release", { project: "shop", environment });
  // The log of a deploy that is over ends.
  world.nowMs += 2 * 60 * 60 * 1000;
  await asked("ann", "POST", "/preview", { project: "shop", image_id: commit.image_id, slug: "look" });
  await asked("ann", "POST", "/domains", { project: "shop", domain: "shop.example.com" });
  const [own] = (await asked("ann", "GET", "/workspaces")).workspaces;
  await asked("ann", "PUT", `/workspaces/${own.id}`, { name: "Ann & Friends" });
  const workspace = `/workspaces/${own.id}`;
  const { url } = await asked("ann", "POST", `${workspace}/invitations`, { role: "viewer" });
  await asked("bob", "POST", "/invitations/accept", { invitation: url.split("#")[1] });
  const invitation = await asked("ann", "POST", `${workspace}/invitations`, {
    role: "admin",
    email: "cleo@example.org",
  });
  const { members } = await asked("ann", "GET", `${workspace}/members`);
  const bytes = new TextEncoder().encode("under way");
  const plan = await asked("ann", "POST", "/plan", {
    project: "shop",
    files: [{ path: "index.html", blake3: hashBytes(bytes), size: bytes.length }],
  });
  await asked("ann", "PUT", "/guards", { project: "shop", environment: "prod", guard: { kind: "approval" } });
  const release = { project: "shop", environment: "prod", image_id: commit.image_id };
  const { approval_id } = (await world.call("ann", "POST", "/release", release)).body;
  await world.deploy("ann", "lately", { "index.html": "gone" });
  const { id: deletedSite } = await asked("ann", "GET", "/projects/lately");
  await asked("ann", "DELETE", "/projects/lately");
  const webhook = await asked("ann", "POST", `${workspace}/webhooks`, { url: "https://hook.example.com/m4rk" });
  const delivery = await asked("ann", "POST", `${workspace}/webhooks/${webhook.id}/test`);
  const { import_id } = await asked("ann", "POST", "/imports", { project: "moved" });
  const [project] = await asked("ann", "GET", "/projects");
  const token = async (name: string, more: object) => {
    const made = await asked("ann", "POST", "/tokens", { name, ...more });
    tokens.set(name, made.token);
    return made.id as string;
  };
  const tokenId = await token("expired", { scopes: ["admin"], project: "shop", expires_in: 60 });
  await token("revoked", { scopes: ["admin"] });
  await asked("ann", "DELETE", "/tokens/revoked");
  await token("wrong site", { scopes: ["admin"], project: "other" });
  for (const scope of TOKEN_SCOPES) await token(scope, { scopes: [scope] });
  marks.push(
    "lately",
    "Ann & Friends",
    "ann@example.org",
    "bob@example.org",
    "cleo@example.org",
    "secret-page.html",
    "m4rk",
  );
  marks.push(commit.image_id, commit.content_hash, plan.content_hash, own.id, planId);
  return {
    site: project.name === "shop" ? project.name : "shop",
    deletedSite,
    image: commit.image_id,
    plan: plan.plan_id,
    deploy: planId,
    hash: hashBytes(bytes),
    import: import_id,
    domain: "shop.example.com",
    slug: "look",
    token: tokenId,
    workspace: own.id,
    member: members.find(({ email }: { email: string }) => email === "bob@example.org").user_id,
    invitation: invitation.id,
    approval: approval_id,
    webhook: webhook.id,
    delivery: delivery.id,
    email: "ann@example.org",
  };
}

const unknown = () => unknownIds(ids.hash);

/** An answer's text, in which what the request named is left out. */
function textOf(body: unknown, named: Ids): string {
  let text = JSON.stringify(body);
  for (const [kind, id] of Object.entries(named)) text = text.replaceAll(id, `<${kind}>`);
  return text;
}

function expectNothingTold(body: unknown, request: ReturnType<typeof requestOf>): void {
  const sent = JSON.stringify([request.path, request.body instanceof Uint8Array ? null : request.body]);
  const text = JSON.stringify(body);
  expect(marks.filter((mark) => text.includes(mark) && !sent.includes(mark))).toEqual([]);
}

/** Runs requests after which all must be as it was. */
async function unchanged(work: () => Promise<void>): Promise<void> {
  const before = await world.snapshot();
  await work();
  expect(await world.snapshot()).toBe(before);
}

test("every route names the permission that it needs, and has a request here", () => {
  expect(operations.length).toBeGreaterThan(50);
  for (const { key, permission } of operations) {
    expect([key, permission === "none" || Object.hasOwn(PERMISSIONS, permission)]).toEqual([key, true]);
  }
  expect(guarded.map(({ key }) => key).filter((key) => !requestsWith(ids)[key])).toEqual([]);
  expect(Object.keys(requestsWith(ids)).filter((key) => !guarded.some((route) => route.key === key))).toEqual([]);
});

/** They are as many as the deploy or the import has contents. */
const TAKE_CONTENTS = operations.filter(({ key }) => /^POST \/(upload|imports\/{id}\/contents)\b/.test(key));

test("every route counts the request, but those that take contents and those that run the server", async () => {
  expect(TAKE_CONTENTS).toHaveLength(5);
  const counted = operations.filter(
    ({ key, permission }) =>
      permission !== "none" && ruleOf(permission).of !== "server" && !TAKE_CONTENTS.some((route) => route.key === key),
  );
  await world.restart({ maxRequestsPerMinute: 0 });
  for (const { key } of counted) {
    const [method, path] = key.split(" ") as [string, string];
    const request = requestsWith(ids)[key] ?? { path };
    const { status } = await world.call("ann", method, request.path, request.body);
    expect([key, status]).toEqual([key, 429]);
  }
  await world.restart();
});

/** Names of sites are one list for the whole server, which anybody may ask: the first deploy of a free one claims it. */
const CLAIMS_NAMES = new Set(["POST /plan", "POST /imports"]);

describe("a member of another workspace", () => {
  test("is refused everywhere, as for ids that nobody has, changes nothing and learns nothing", async () => {
    const { token } = await asked("eve", "POST", "/auth/login", { email: "eve@example.org", password: World.password });
    await unchanged(async () => {
      for (const { key } of guarded) {
        const request = requestOf(key, ids);
        const answer = await send(token, request);
        expect([key, [403, 404].includes(answer.status), answer.body]).toEqual([key, true, answer.body]);
        expectNothingTold(answer.body, request);
        if (CLAIMS_NAMES.has(key)) continue;
        const nobodys = await send(token, requestOf(key, unknown()));
        expect([key, nobodys.status, textOf(nobodys.body, unknown())]).toEqual([
          key,
          answer.status,
          textOf(answer.body, ids),
        ]);
      }
    });
  });

  test("is answered after the same statements to the database, in the same order", async () => {
    for (const { key } of guarded) {
      if (CLAIMS_NAMES.has(key)) continue;
      const [known, nobodys] = [requestOf(key, ids), requestOf(key, unknown())];
      const statements = await statementsOf(known);
      expect(statements.length).toBeGreaterThan(0);
      expect([key, await statementsOf(nobodys)]).toEqual([key, statements]);
    }
  });
});

/** But for those that look up, from time to time, how many requests the caller's own workspace may make. */
const statementsOf = async ({ method, path, body }: ReturnType<typeof requestOf>): Promise<string[]> =>
  (await world.statementsOf(() => world.call("eve", method, path, body))).filter(
    (statement) => !statement.includes("home_of") && !statement.includes("workspace_quotas"),
  );

describe("a viewer", () => {
  const mayView = (permission: Permission) => mayAs({ member: { role: "viewer" } }, permission);

  test("is refused whatever changes something, and sees what there is to see", async () => {
    const before = await world.snapshot();
    for (const { key, permission } of guarded) {
      const request = requestOf(key, ids);
      if (request.method !== "GET" && mayView(permission)) continue;
      const { status, body } = await world.call("bob", request.method, request.path, request.body);
      if (mayView(permission)) expect([key, status]).toEqual([key, 200]);
      else {
        // In their own workspace they may import; the name is taken.
        const refusals = key === "POST /imports" ? [409] : [403, 404];
        expect([key, refusals.includes(status), body]).toEqual([key, true, body]);
      }
    }
    expect(withoutExports(await world.snapshot())).toEqual(withoutExports(before));
  });
});

/** Who exports a site changes nothing but the log. */
const withoutExports = (snapshot: string): string[] =>
  snapshot
    .split("\n")
    .filter((line) => !line.includes("site.export"))
    .map((line) => line.replace(/,$/, ""));

describe("a token of Ann's", () => {
  test("that was revoked is none any more", async () => {
    await unchanged(async () => {
      for (const { key } of guarded) {
        const answer = await send(tokens.get("revoked")!, requestOf(key, ids));
        expect([key, answer.status, answer.body.error]).toEqual([key, 401, "unauthorized"]);
      }
    });
  });

  test("of another site is refused everywhere", async () => {
    await unchanged(async () => {
      for (const { key } of guarded) {
        const request = requestOf(key, ids);
        const { status, body } = await send(tokens.get("wrong site")!, request);
        expect([key, [403, 404].includes(status), body]).toEqual([key, true, body]);
        expectNothingTold(body, request);
      }
    });
  });

  test.each(["read", "deploy"] satisfies TokenScope[])("of the scope %s is refused what needs more", async (scope) => {
    const ranks: readonly TokenScope[] = ["read", "deploy", "admin"];
    await unchanged(async () => {
      for (const { key, permission } of guarded) {
        if (ranks.indexOf(ruleOf(permission).scope) <= ranks.indexOf(scope)) continue;
        const request = requestOf(key, ids);
        const { status, body } = await send(tokens.get(scope)!, request);
        expect([key, status, body.error]).toEqual([key, 403, "forbidden"]);
        expectNothingTold(body, request);
      }
    });
  });

  test("that has expired is none any more", async () => {
    world.nowMs += 61_000;
    await unchanged(async () => {
      for (const { key } of guarded) {
        const answer = await send(tokens.get("expired")!, requestOf(key, ids));
        expect([key, answer.status, answer.body.error]).toEqual([key, 401, "unauthorized"]);
      }
    });
  });
});
