import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { hashBytes } from "#store";
import type { Api } from "#wire";
import { listTree } from "../harness/file-tree.ts";
import { fetchHost } from "../harness/tenant.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { badAccess } from "./bad-input/access.ts";
import type { BadInput } from "./bad-input/case.ts";
import { badDomains } from "./bad-input/domains.ts";
import { badHosts } from "./bad-input/hosts.ts";
import { badMessages } from "./bad-input/messages.ts";
import { badPaths } from "./bad-input/paths.ts";
import { badPlans } from "./bad-input/plans.ts";
import { badPointers } from "./bad-input/pointers.ts";
import { badUploads } from "./bad-input/uploads.ts";
import { buildWorld, type World } from "./bad-input/world.ts";

const tables: Readonly<Record<string, readonly BadInput[]>> = {
  "bad paths": badPaths,
  "bad plans": badPlans,
  "bad uploads and commits": badUploads,
  "bad pointers and queries": badPointers,
  "bad messages": badMessages,
  "bad access": badAccess,
  "bad domains": badDomains,
  "bad hosts and paths of sites": badHosts,
};

let world: World;
let before: Record<string, string>;

beforeAll(async () => {
  world = await buildWorld();
  before = await readStored(world);
});

afterAll(() => world[Symbol.asyncDispose]());

/** All that is stored beside the database: path → hash of the content. */
async function readStored({ server }: World): Promise<Record<string, string>> {
  const stored: Record<string, string> = {};
  for (const folder of ["blobs", "uploads", "refs", "releases", "previews", "sites", "hosts", "tmp"]) {
    for (const path of await listTree(join(server.data, folder)).catch(() => [])) {
      stored[`${folder}/${path}`] = hashBytes(await readFile(join(server.data, folder, path)));
    }
  }
  return stored;
}

for (const [name, cases] of Object.entries(tables)) {
  describe(name, () => {
    test.each([...cases])("%s", async (_, send, status, error, message) => {
      const answer = await send(world);
      expect(answer.status, answer.text).toBe(status);
      if (error === undefined) return expect(answer.text).toMatch(message);
      const refusal = JSON.parse(answer.text) as Api.ErrorBody;
      expect(refusal.error).toBe(error);
      expect(refusal.message).toMatch(message);
      expect(refusal.message).toEndWith(".");
      expect(answer.headers.get("Cache-Control")).toBe("no-store");
    });
  });
}

test("the tables hold what they promise: at least sixty different cases", () => {
  const all = Object.values(tables).flat();
  expect(new Set(all.map(([, send]) => send)).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(60);
});

test.each(["shop.sites.test", "SHOP.Sites.TEST", "shop.sites.test.", "shop.sites.test:8080", "Shop.sites.test.:80"])(
  "the Host %p is the site, however it is written",
  async (host) => {
    const page = await fetchHost(world.server, host, "/");
    expect([page.status, await page.text()]).toEqual([200, "ann's page"]);
  },
);

test("an upload whose connection breaks leaves nothing behind", async () => {
  const [missing] = world.plan.missing;
  const socket = connect(world.server.port, "127.0.0.1");
  socket.write(
    `POST /api/v1/upload/${world.plan.plan_id}/${missing?.hash} HTTP/1.1\r\nHost: localhost\r\n` +
      `Authorization: Bearer ${world.tokenOf("ann")}\r\nContent-Length: ${missing?.size}\r\n\r\nthe mis`,
  );
  await Bun.sleep(50);
  socket.destroy();
  await waitUntil("nothing is left in the scratch folder", async () => {
    const left = await listTree(join(world.server.data, "tmp"));
    return left.length === 0;
  });
  const plan = await world.send("ann", "POST", "/commit", { plan_id: world.plan.plan_id });
  expect(plan.status).toBe(409);
});

test("who guesses a password is slowed down, and told for how long", async () => {
  const guess = () => world.send(null, "POST", "/auth/login", { email: "bob@example.com", password: "a guess" });
  for (let i = 0; i < 10; i++) expect((await guess()).status).toBe(401);
  const answer = await guess();
  expect([answer.status, JSON.parse(answer.text)]).toEqual([
    429,
    { error: "rate_limited", message: expect.stringMatching(/^Too many login attempts\. Try again in \d+ seconds\.$/) },
  ]);
  expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(60);
});

test("after all of this nothing more is stored, nothing less, and both tenants are served", async () => {
  expect(await readStored(world)).toEqual(before);
  for (const [label, page] of [
    ["shop", "ann's page"],
    ["bobs", "bob's page"],
    ["shop--look", "ann's page"],
  ] as const) {
    expect(await (await fetchHost(world.server, `${label}.${world.server.domain}`, "/")).text()).toBe(page);
  }
  const projects = await Promise.all(["ann", "bob"].map((name) => world.send(name as "ann", "GET", "/projects")));
  const names = projects.map(({ text }) => (JSON.parse(text) as Api.Project[]).map(({ name }) => name));
  expect(names).toEqual([
    ["drafts", "shop"],
    ["bobs", "bobs2", "bobs3"],
  ]);
});
