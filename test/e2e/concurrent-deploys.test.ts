import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Api } from "#wire";
import { register } from "../harness/account.ts";
import { ApiRefusal, type DeployClient, deployClient, type SiteFiles } from "../harness/deploy-client.ts";
import { type Server, startServer } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";

const SITES = 8;
const ROUNDS_PER_SITE = 5;
const MOVES = 20;

let server: Server;
let client: DeployClient;

beforeAll(async () => {
  server = await startServer();
  client = deployClient({ endpoint: server.url, token: (await register(server.url)).token });
});

afterAll(() => server[Symbol.asyncDispose]());

/** Two files that tell which deploy they belong to, and one that the deploys at the same time upload too. */
const filesOf = (deploy: string): SiteFiles => ({
  "index.html": `<h1>${deploy}</h1>`,
  "app.js": `say("${deploy}")`,
  "shared.txt": sharedBy(deploy),
});

const sharedBy = (deploy: string): string => `shared by ${deploy.split(" ")[0]}`;

async function readText(host: string, path: string): Promise<string> {
  const response = await fetchHost(server, `${host}.${server.domain}`, path);
  expect(response.status).toBe(200);
  return await response.text();
}

/** Tells which deploy an address serves, whole. */
async function deployServedAt(host: string): Promise<string> {
  const page = /^<h1>(.*)<\/h1>$/.exec(await readText(host, "/"))?.[1] ?? "";
  expect(await readText(host, "/app.js")).toBe(`say("${page}")`);
  expect(await readText(host, "/shared.txt")).toBe(sharedBy(page));
  return page;
}

test(`two deploys of one site at once both finish, ${SITES * ROUNDS_PER_SITE} times, and the site serves one of them whole`, async () => {
  for (let round = 0; round < SITES * ROUNDS_PER_SITE; round++) {
    // The first round of a site is also a race for its name.
    const site = `site${Math.floor(round / ROUNDS_PER_SITE)}`;
    const names = [`${round} left`, `${round} right`];
    const [left, right] = (await Promise.all(names.map((name) => client.deploy(site, filesOf(name), "prod")))) as [
      Api.CommitResponse,
      Api.CommitResponse,
    ];

    const first = (round % ROUNDS_PER_SITE) * 2 + 1;
    expect([left.version, right.version].toSorted(byNumber)).toEqual([`v${first}`, `v${first + 1}`]);
    const served = await deployServedAt(site);
    expect(names).toContain(served);
    const current = await client.call<Api.Current>("GET", `/current?project=${site}&environment=prod`);
    expect(current).toMatchObject({
      content_hash: (served === names[0] ? left : right).content_hash,
      pointer_version: first + 1,
    });
    expect(await deployServedAt(`${site}--${left.version}`)).toBe(names[0]!);
    expect(await deployServedAt(`${site}--${right.version}`)).toBe(names[1]!);
  }
});

test("the same content deployed by many at once is one image in as many releases", async () => {
  const deploys = await Promise.all(Array.from({ length: 10 }, () => client.deploy("twins", filesOf("same"))));
  expect(deploys.map(({ version }) => version).toSorted(byNumber)).toEqual(
    Array.from({ length: 10 }, (_, i) => `v${i + 1}`),
  );
  expect(new Set(deploys.map(({ image_id }) => image_id)).size).toBe(1);
  const { items } = await client.call<Api.History>("GET", "/history?project=twins");
  expect(items).toHaveLength(10);
});

test("a plan that is committed by many at once is one release", async () => {
  const files = filesOf("once");
  const plan = await client.plan("once", files);
  await client.upload(plan, files);
  const commits = await Promise.all(Array.from({ length: 5 }, () => client.commit(plan)));
  expect(new Set(commits.map(({ version }) => version))).toEqual(new Set(["v1"]));
  expect((await client.call<Api.History>("GET", "/history?project=once")).items).toHaveLength(1);
});

test("a stale compare-and-swap is refused and changes nothing", async () => {
  await client.deploy("stale", filesOf("one"), "prod");
  await client.deploy("stale", filesOf("two"), "prod");
  for (const expected_version of [0, 1, 3]) {
    const refusal = await client.release("stale", "prod", { version: "v1", expected_version }).catch((error) => error);
    expect(refusal).toBeInstanceOf(ApiRefusal);
    expect(refusal).toMatchObject({ status: 409, code: "conflict" });
    expect(refusal.message).toContain(`at move 2, not ${expected_version}`);
  }
  expect(await deployServedAt("stale")).toBe("two");
  expect(await client.release("stale", "prod", { version: "v1", expected_version: 2 })).toMatchObject({
    pointer_version: 3,
  });
  expect(await deployServedAt("stale")).toBe("one");
});

test("a compare-and-swap that was stale before a rename is stale after it", async () => {
  await client.deploy("renamed", filesOf("one"), "prod");
  for (const version of ["v1", "v1"]) await client.release("renamed", "prod", { version });
  await client.call("PUT", "/domains/rename?project=renamed", { new_subdomain: "renamed2" });
  for (const expected_version of [1, 2, 3]) {
    const refusal = await client.release("renamed", "prod", { expected_version }).catch((error) => error);
    expect(refusal).toMatchObject({ status: 409 });
  }
  const { pointer_version } = await client.call<Api.Current>("GET", "/current?project=renamed&environment=prod");
  await client.release("renamed", "prod", { expected_version: pointer_version });
});

test("of many who expect the same pointer exactly one moves it, also of an empty environment", async () => {
  await client.deploy("swap", filesOf("one"));
  for (const expected_version of [0, 1, 2]) {
    const moves = Array.from({ length: MOVES }, () => client.release("swap", "beta", { expected_version }));
    const settled = await Promise.allSettled(moves);
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const move of settled) if (move.status === "rejected") expect(move.reason).toMatchObject({ status: 409 });
  }
});

test(`${MOVES} releases at once move the pointer ${MOVES} times, and each knows the one before it`, async () => {
  await client.deploy("busy", filesOf("one"), "prod");
  await client.deploy("busy", filesOf("two"), "prod");
  const before = await client.call<Api.Current>("GET", "/current?project=busy&environment=prod");
  const versions = Array.from({ length: MOVES }, (_, i) => `v${(i % 2) + 1}`);
  const moves = await Promise.all(versions.map((version) => client.release("busy", "prod", { version })));

  const inOrder = moves.toSorted((a, b) => a.pointer_version - b.pointer_version);
  expect(inOrder.map((move) => move.pointer_version)).toEqual(
    Array.from({ length: MOVES }, (_, i) => before.pointer_version + i + 1),
  );
  expect(inOrder.map((move) => move.previous_version)).toEqual([
    before.version,
    ...inOrder.slice(0, -1).map((move) => move.version),
  ]);
  const after = await client.call<Api.Current>("GET", "/current?project=busy&environment=prod");
  expect(after).toMatchObject({
    pointer_version: before.pointer_version + MOVES,
    version: inOrder.at(-1)?.version ?? "",
  });
  expect(await deployServedAt("busy")).toBe(after.version === "v1" ? "one" : "two");
  const { items } = await client.call<Api.History>("GET", "/history?project=busy&environment=prod&limit=100");
  expect(items).toHaveLength(before.pointer_version + MOVES);
});

test("releases during renames are either refused or kept, and the site answers at its last name", async () => {
  await client.deploy("roaming", filesOf("one"), "prod");
  await client.deploy("roaming", filesOf("two"), "prod");
  const rename = (name: string) =>
    client.call("PUT", "/domains/rename?project=roaming", { new_subdomain: name }).catch(() => undefined);
  for (let round = 0; round < 5; round++) {
    const moves = Array.from({ length: 6 }, (_, i) =>
      client.release("roaming", "prod", { version: `v${(i % 2) + 1}` }),
    );
    await Promise.all([...moves, rename(`a${round}`), rename(`b${round}`)]);
    const site = await client.call<Api.Project>("GET", "/projects/roaming");
    const current = await client.call<Api.Current>("GET", "/current?project=roaming&environment=prod");
    const { items } = await client.call<Api.History>("GET", "/history?project=roaming&environment=prod&limit=1");
    expect(current.version).toBe(items[0]?.version ?? "");
    expect(await deployServedAt(site.subdomain)).toBe(current.version === "v1" ? "one" : "two");
  }
});

const byNumber = (a: string, b: string): number => Number(a.slice(1)) - Number(b.slice(1));
