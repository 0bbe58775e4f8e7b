import { expect, test } from "bun:test";
import { createActivity } from "../activity.ts";
import type { Context } from "../context.ts";
import type { SignIn } from "../identity/sign-in.ts";
import { createLive } from "../live/live.ts";
import type { Seal } from "../webhooks/seal.ts";
import { createApi } from "./app.ts";

const nothing = async () => new Response();

test("the documents that anybody may ask for are made once", async () => {
  let made = 0;
  const settings = {
    maxFilesPerDeploy: 1,
    get version() {
      made++;
      return "1.2.3";
    },
  };
  const context = {
    settings,
    addresses: { console: "http://localhost" },
    nowMs: () => 0,
    db: {},
    store: {},
    activity: createActivity(),
    live: createLive("epoch"),
  };
  const watched = { health: nothing, metrics: nothing };
  const answer = createApi(context as unknown as Context, {} as SignIn, {} as Seal, watched);
  const before = made;
  const paths = ["/api/v1/openapi.json", "/api/docs", "/api/v1/openapi.json", "/api/docs"];
  const texts = await Promise.all(
    paths.map(async (path) => await (await answer(new Request(`http://localhost${path}`), null)).text()),
  );
  expect(made - before).toBe(1);
  for (const text of texts) expect(text).toContain("/api/v1/upload/{plan_id}/{hash}");
  expect(texts[2]).toBe(texts[0]!);
});

test("answers are counted by the pattern of their route: what a client makes up is one, whatever it is", async () => {
  const activity = createActivity();
  const settings = { maxFilesPerDeploy: 1, version: "1.2.3" };
  const live = createLive("epoch");
  const addresses = { console: "http://localhost" };
  const context = { settings, addresses, nowMs: () => 0, db: {}, store: {}, activity, live };
  const watched = { health: nothing, metrics: nothing };
  const answer = createApi(context as unknown as Context, {} as SignIn, {} as Seal, watched);
  const ask = (method: string, path: string) => answer(new Request(`http://localhost/api/v1${path}`, { method }), null);
  for (const path of ["/metrics", "/metrics?since=1", "/made-up", "/up-made"]) await ask("GET", path);
  await ask("HEAD", "/metrics");
  await ask("BREW", "/coffee");
  expect((await ask("POST", "/metrics")).status).toBe(405);
  const { routes } = activity.figures();
  expect(routes.map(({ method, route, classes }) => [method, route, Object.fromEntries(classes)])).toEqual([
    ["GET", "/api/v1/metrics", { "2xx": 3 }],
    ["other", "none", { "4xx": 4 }],
  ]);
  expect(routes[0]!.within.at(-1)).toBe(3);
  expect(routes[0]!.totalSeconds).toBeGreaterThan(0);
});
