import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { createManifestReader, hashBytes, openMemoryStore, Records } from "#store";
import {
  createActivity,
  createAddresses,
  createControl,
  createLive,
  createTurns,
  DEFAULT_SETTINGS,
  STORE_CHANGES,
} from "./mod.ts";
import { type TestDatabase, testDatabases } from "./test-database.ts";

let database: TestDatabase;
let api: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>;
let token = "";
const store = openMemoryStore();
const live = createLive("epoch");

beforeAll(async () => {
  database = await testDatabases.open();
  const control = createControl(
    {
      db: database.db,
      store,
      records: new Records(store),
      readManifest: createManifestReader(store.blobs),
      addresses: createAddresses(new URL("http://localhost:8080")),
      settings: { ...DEFAULT_SETTINGS, version: "1.2.3" },
      dns: { findTexts: async () => [], findAddresses: async () => [] },
      hash: hashBytes,
      nowMs: Date.now,
      randomBytes,
      log: (message, cause) => {
        throw new Error(message, { cause });
      },
      ...createTurns(database.locks),
      encoder: { add() {} },
      disk: { requireRoom: async () => {}, keepsContents: true },
      activity: createActivity(),
      live,
      webhookSender: {
        mayReach: () => false,
        send: () => Promise.reject(new Error("Nothing is sent here")),
        wake() {},
      },
      certificateEndMs: () => undefined,
      storeChanges: STORE_CHANGES,
      readMachine: async () => ({
        disk: { free: 1, reserved: 0, isNearlyFull: false },
        backups: undefined,
        certificates: undefined,
      }),
    },
    "0123456789abcdef0123456789abcdef",
    () => "",
  );
  api = (method, path, body, headers = {}) => {
    const init: RequestInit = {
      method,
      headers: { ...(token && !("cookie" in headers) ? { authorization: `Bearer ${token}` } : {}), ...headers },
    };
    if (body !== undefined) init.body = body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
    return control.fetch(new Request(`http://localhost:8080/api/v1${path}`, init), "127.0.0.1");
  };
});

afterAll(async () => {
  live.close();
  await database[Symbol.asyncDispose]();
});

const text = (content: string) => new TextEncoder().encode(content);

async function deploy(project: string, files: Record<string, string>) {
  const plan = (await (
    await api("POST", "/plan", {
      project,
      files: Object.entries(files).map(([path, content]) => ({
        path,
        blake3: hashBytes(text(content)),
        size: text(content).length,
      })),
    })
  ).json()) as any;
  for (const { hash, path } of plan.missing) {
    const body = text(files[path]!);
    const answer = await api("POST", `/upload/${plan.plan_id}/${hash}`, body, {
      "content-length": String(body.length),
    });
    expect(answer.status).toBe(200);
  }
  const commit = (await (await api("POST", "/commit", { plan_id: plan.plan_id })).json()) as any;
  return { plan, commit };
}

test("the first to register becomes the administrator, and the second is refused", async () => {
  expect(((await (await api("GET", "/config")).json()) as any).sign_up).toBe("first");
  const account = { email: "ann@example.com", password: "correct horse", action: "register" };
  const answer = await api("POST", "/auth/login", account);
  expect(answer.status).toBe(200);
  const body = (await answer.json()) as any;
  expect(body).toMatchObject({ email: "ann@example.com", created: true });
  token = body.token;
  expect(token).toStartWith("sitepod_");
  expect(await (await api("GET", "/auth/info")).json()).toMatchObject({ email: "ann@example.com", is_admin: true });
  const second = await api("POST", "/auth/login", { ...account, email: "bob@example.com" });
  expect(second.status).toBe(403);
});

test("a deploy goes from plan to release, and the same content again uploads nothing", async () => {
  const first = await deploy("shop", { "index.html": "one", "a.css": "body{}" });
  expect(first.plan.missing).toHaveLength(2);
  expect(first.commit).toMatchObject({ version: "v1", files_count: 2, content_hash: first.plan.content_hash });
  const released = await api("POST", "/release", { project: "shop", environment: "prod" });
  expect(await released.json()).toMatchObject({
    image_id: first.commit.image_id,
    url: "http://shop.localhost:8080",
    previous_version: null,
  });
  const again = await deploy("shop", { "index.html": "one", "a.css": "body{}" });
  expect(again.plan.missing).toEqual([]);
  expect(again.plan.reusable).toBe(2);
  expect(again.commit).toMatchObject({ version: "v2", content_hash: first.commit.content_hash });
  const changed = await deploy("shop", { "index.html": "two", "a.css": "body{}" });
  expect(changed.plan.missing).toHaveLength(1);
  await api("POST", "/release", { project: "shop", environment: "prod" });
  const back = await api("POST", "/rollback", { project: "shop", environment: "prod", version: "v1" });
  expect(await back.json()).toMatchObject({
    image_id: first.commit.image_id,
    previous_image_id: changed.commit.image_id,
    version: "v1",
    previous_version: "v3",
  });
  const current = (await (await api("GET", "/current?project=shop&environment=prod")).json()) as any;
  expect(current).toMatchObject({ version: "v1", content_hash: first.commit.content_hash });
});

test("a stale compare-and-swap is refused", async () => {
  const answer = await api("POST", "/release", { project: "shop", environment: "prod", expected_version: 1 });
  expect(answer.status).toBe(409);
});

test("a browser's session may change things only from the console's own pages", async () => {
  const login = await api(
    "POST",
    "/auth/login",
    { email: "ann@example.com", password: "correct horse" },
    { "x-sitepod-session": "cookie" },
  );
  const cookie = login.headers.getSetCookie()[0]!.split(";")[0]!;
  expect(login.headers.getSetCookie()[0]).toContain("HttpOnly");
  expect(((await login.json()) as any).token).toBe("");
  const read = await api("GET", "/projects", undefined, { cookie });
  expect(await read.json()).toMatchObject([{ name: "shop", subdomain: "shop" }]);
  const body = { project: "shop", environment: "beta" };
  const foreign = await api("POST", "/release", body, { cookie, origin: "http://evil.localhost:8080" });
  expect(foreign.status).toBe(403);
  const own = await api("POST", "/release", body, { cookie, origin: "http://localhost:8080" });
  expect(own.status).toBe(200);
  await api("POST", "/auth/logout", {}, { cookie, origin: "http://localhost:8080" });
  expect((await api("GET", "/projects", undefined, { cookie })).status).toBe(401);
});

test("garbage collection keeps what is named and removes the rest", async () => {
  await deploy("gone", { "index.html": "only here" });
  expect((await api("DELETE", "/projects/gone?for_good=true")).status).toBe(200);
  const collected = (await (await api("POST", "/gc")).json()) as any;
  expect(collected).toMatchObject({ deleted_blobs: 2, errors: [] });
  const again = (await (await api("POST", "/gc")).json()) as any;
  expect(again.deleted_blobs).toBe(0);
  const back = await deploy("gone", { "index.html": "only here" });
  expect(back.plan.missing).toHaveLength(1);
});

test("garbage collection keeps what a commit that was cut off has made durable", async () => {
  const content = text("cut off");
  const files = [{ path: "index.html", blake3: hashBytes(content), size: content.length }];
  const plan = (await (await api("POST", "/plan", { project: "cut-off", files })).json()) as any;
  const length = { "content-length": String(content.length) };
  await api("POST", `/upload/${plan.plan_id}/${plan.missing[0].hash}`, content, length);
  const claim = await new Records(store).readClaim("cut-off");
  await store.uploads.commit(claim!.workspace_id, [plan.content_hash, plan.missing[0].hash]);
  for (let i = 0; i < 2; i++) expect((await api("POST", "/gc")).status).toBe(200);
  const again = await deploy("cut-off", { "index.html": "cut off" });
  expect(again.commit).toMatchObject({ version: "v1", content_hash: plan.content_hash });
});

test("content that is there already cannot be given another size", async () => {
  const content = text("sized");
  await deploy("sizes", { "index.html": "sized" });
  for (const size of [content.length - 1, content.length + 1]) {
    const files = [{ path: "index.html", blake3: hashBytes(content), size }];
    const plan = (await (await api("POST", "/plan", { project: "sizes", files })).json()) as any;
    expect(plan.missing).toEqual([]);
    const answer = await api("POST", "/commit", { plan_id: plan.plan_id });
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as any).message).toBe(
      `"index.html" has 5 bytes, and the plan says ${size}. Deploy again.`,
    );
    // Either could be wrong, the plan or what the storage holds: the next deploy sends it anew.
    expect((await deploy("sizes", { "index.html": "sized" })).plan.missing).toHaveLength(1);
  }
  expect(((await (await api("GET", "/history?project=sizes")).json()) as any).items).toHaveLength(3);
});

test("content that the storage has lost is asked for again at the second try", async () => {
  await deploy("losses", { "index.html": "lost" });
  await store.blobs.remove(hashBytes(text("lost")));
  const again = await deploy("losses", { "index.html": "lost" });
  expect(again.commit).toMatchObject({ error: "conflict" });
  const third = await deploy("losses", { "index.html": "lost" });
  expect(third.plan.missing).toHaveLength(1);
  expect(third.commit).toMatchObject({ version: "v2" });
});

test("a renamed site keeps its releases, and the old name cannot be taken", async () => {
  const renamed = await api("PUT", "/domains/rename?project=shop", { new_subdomain: "store" });
  expect(await renamed.json()).toEqual({ old_subdomain: "shop", new_subdomain: "store", domain: "store.localhost" });
  const current = (await (await api("GET", "/current?project=shop&environment=prod")).json()) as any;
  expect(current.url).toBe("http://store.localhost:8080");
  expect(await (await api("GET", "/subdomain/check?subdomain=shop")).json()).toMatchObject({ available: false });
});

test("too many files are counted, not checked one by one", async () => {
  const answer = await api("POST", "/plan", { project: "shop", files: Array(10_001).fill(1) });
  expect(answer.status).toBe(413);
  expect(((await answer.json()) as any).message).toStartWith(
    "The deploy has 10001 files, and this server allows 10000",
  );
});

test("how a pod is served is a part of its content", async () => {
  const file = { path: "index.html", blake3: hashBytes(text("hello")), size: 5 };
  const plan = async (settings?: object) =>
    (await (await api("POST", "/plan", { project: "settings", files: [file], settings })).json()) as any;
  const content = await plan();
  expect((await plan({ html_handling: "auto-trailing-slash" })).content_hash).toBe(content.content_hash);
  expect((await plan({ html_handling: "none" })).content_hash).not.toBe(content.content_hash);
  expect((await plan({ html_handling: "sometimes" })).error).toBe("invalid");
});

test("the OpenAPI document and the reference page describe every route", async () => {
  const document = (await (await api("GET", "/openapi.json")).json()) as any;
  expect(document.openapi).toBe("3.1.0");
  expect(Object.keys(document.paths)).toContain("/api/v1/upload/{plan_id}/{hash}");
  expect(await (await api("GET", "/../docs")).text()).toContain("/api/v1/upload/{plan_id}/{hash}");
});
