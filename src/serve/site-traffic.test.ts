import { beforeEach, describe, expect, test } from "bun:test";
import type { SiteFigures } from "#model";
import { createSiteTraffic } from "./site-traffic.ts";
import { createWorld, DOMAIN, type World } from "./world.ts";

const SITE = `http://docs.${DOMAIN}`;
const PAGE = "0123456789";
let world: World;

beforeEach(() => {
  world = createWorld();
  world.point(
    "docs",
    "prod",
    world.store({ "index.html": PAGE, "a.txt": "abc", "nested/page.html": PAGE, "404.html": "none" }),
  );
});

/** As a server does: what is ready is answered at once. */
async function ask(url: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> {
  const request = new Request(url, { method, headers: { Host: new URL(url).host, ...headers } });
  return await (world.edge.fetchReady(request) ?? world.edge.fetch(request));
}

const figures = ([first]: SiteFigures[]) => first!.figures;

test("every kind of answer is counted once, looked up or ready", async () => {
  const etag = (await ask(`${SITE}/`)).headers.get("etag")!;
  await ask(`${SITE}/?from=mail`);
  for (let i = 0; i < 3; i++) await ask(`${SITE}/`);
  await ask(`${SITE}/`, {}, "HEAD");
  await ask(`${SITE}/`, { Range: "bytes=2-4" });
  await ask(`${SITE}/`, { "If-None-Match": etag });
  await ask(`${SITE}/`, { Range: "bytes=99-" });
  await ask(`${SITE}/nested/page.html`);
  await ask(`${SITE}/gone.png`);
  await ask(`${SITE}/gone`);
  await ask(`${SITE}/`, {}, "POST");
  expect(world.edge.takeTraffic()).toEqual([
    {
      label: "docs",
      shownAs: "prod",
      sinceMs: world.nowMs,
      figures: {
        answers: [7, 2, 4, 0],
        notModified: 1,
        bytes: 5 * 10 + 3 + 2 * 4,
        paths: [["/", 8]],
        missing: [
          ["/gone", 1],
          ["/gone.png", 1],
        ],
      },
    },
  ]);
});

test("what was handed over is counted no more, and a site without visitors is not told of", async () => {
  await ask(`${SITE}/a.txt`);
  await ask(`${SITE}/a.txt`);
  expect(figures(world.edge.takeTraffic()).answers[0]).toBe(2);
  expect(world.edge.takeTraffic()).toEqual([]);
  // By an answer that was ready before.
  await ask(`${SITE}/a.txt`);
  // By one that is looked up, of the same site.
  await ask(`${SITE}/a.txt?1`);
  expect(world.edge.takeTraffic()).toMatchObject([
    { label: "docs", figures: { answers: [2, 0, 0, 0], bytes: 6, paths: [["/a.txt", 2]] } },
  ]);
  expect(world.edge.stats().sentBytes).toBe(12);
});

describe("a site is told of apart", () => {
  test("for each environment, for its previews and for its releases", async () => {
    const manifest = world.store({ "index.html": PAGE });
    world.point("docs", "beta", manifest);
    const shown = { label: "docs", slug: "look", site: "docs", release: 1, image: "img_1", manifest } as const;
    const created_at = new Date(world.nowMs).toISOString();
    world.previews.set("docs look", { ...shown, created_at, expires_at: "2031-01-01T00:00:00Z" });
    await ask(`${SITE}/`);
    await ask(`http://docs-beta.${DOMAIN}/`);
    await ask(`http://docs--look.${DOMAIN}/`);
    const told = world.edge.takeTraffic().map(({ label, shownAs }) => `${label} ${shownAs}`);
    expect(told.toSorted()).toEqual(["docs beta", "docs preview", "docs prod"]);
  });

  test("by its own paths below a path of a domain", async () => {
    world.mount("example.org", { label: "docs", environment: "prod", path: "/handbook" });
    await ask("http://example.org/handbook/a.txt");
    await ask("http://example.org/handbook/gone.txt");
    await ask("http://example.org/elsewhere");
    const { paths, missing, answers } = figures(world.edge.takeTraffic());
    expect({ paths, missing, answers }).toEqual({
      paths: [["/a.txt", 1]],
      missing: [["/gone.txt", 1]],
      answers: [1, 0, 1, 0],
    });
  });
});

test("of a protected site, who is asked for the password is told no path of", async () => {
  world.protect("docs", "prod", { secret: "s".repeat(32), password_hash: "$argon2id$right" });
  await ask(`${SITE}/a.txt`);
  await ask(`${SITE}/gone`);
  expect(figures(world.edge.takeTraffic())).toMatchObject({ answers: [0, 0, 2, 0], paths: [], missing: [] });
});

test("names that lead to no site are not counted", async () => {
  world.claims.set("empty", { label: "empty", site: "empty", site_id: "s", workspace_id: "w", created_at: "" });
  for (const name of ["empty", "nobody"]) await ask(`http://${name}.${DOMAIN}/`);
  expect(world.edge.takeTraffic()).toEqual([]);
});

test("a failure is counted as such", async () => {
  world.blobs.clear();
  expect((await ask(`${SITE}/`)).status).toBe(503);
  expect(figures(world.edge.takeTraffic()).answers).toEqual([0, 0, 0, 1]);
});

describe("memory stays small", () => {
  const MAX_BYTES = 8 * 1024 * 1024;
  const long = "a".repeat(4000);

  /** Bytes that are held after the work and were not before. */
  function growthBy(work: () => void): number {
    Bun.gc(true);
    const before = process.memoryUsage().heapUsed;
    work();
    Bun.gc(true);
    return process.memoryUsage().heapUsed - before;
  }

  test("where 100,000 paths are asked for that are not there, of a hundred sites, with long queries", () => {
    const traffic = createSiteTraffic({ nowMs: () => 5 });
    const grown = growthBy(() => {
      for (let i = 0; i < 100_000; i++) {
        const site = traffic.of({ label: `s${i % 100}`, shownAs: "prod" });
        // As a server gets it: a path that is cut out of it may keep all of it.
        site.answered("GET", new Request(`${SITE}/${long.slice(0, 150)}${i}?${long}`).url, 404);
      }
    });
    expect(grown).toBeLessThan(MAX_BYTES);
    const taken = traffic.take();
    expect(taken).toHaveLength(100);
    expect(figures(taken)).toMatchObject({ answers: [0, 0, 1000, 0] });
  });

  test("where 100,000 URLs of one page are made up, each of which is ready", () => {
    const traffic = createSiteTraffic({ nowMs: () => 5 });
    const site = traffic.of({ label: "docs", shownAs: "prod" });
    const grown = growthBy(() => {
      for (let i = 0; i < 100_000; i++) site.openUrl(`${SITE}/page?${i}${long.slice(0, 400)}`).answered(200);
    });
    expect(grown).toBeLessThan(MAX_BYTES);
    expect(figures(traffic.take()).paths).toEqual([["/page", 100_000]]);
  });
});

test("paths of all sites share their room", () => {
  const traffic = createSiteTraffic({ nowMs: () => 5, maxPaths: 10 });
  for (let i = 0; i < 1000; i++) traffic.of({ label: `s${i}`, shownAs: "prod" }).answered("GET", "http://x/a", 200);
  const taken = traffic.take();
  expect(taken).toHaveLength(1000);
  expect(taken.filter(({ figures: { paths } }) => paths.length > 0)).toHaveLength(10);
});
