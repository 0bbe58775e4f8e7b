import { beforeEach, expect, test } from "bun:test";
import { RETRY_MS } from "./negotiate.ts";
import { createWorld, DOMAIN, type World } from "./world.ts";

const PAGE = "<p>hello".repeat(1000);
const URL = `http://docs.${DOMAIN}/`;
const ENCODED = { br: "as br", zstd: "as zstd", gzip: "as gzip" };
let world: World;

beforeEach(() => {
  world = createWorld();
  world.point("docs", "prod", world.store({ "index.html": PAGE, "small.html": "hi", "404.html": PAGE }));
  // The date of what was moved just now is not told yet, and what is told changes once it is.
  world.nowMs += 60_000;
});

const encodeAll = (encoded = ENCODED) => {
  for (const digest of world.blobs.keys()) world.encoded.set(digest, encoded);
};
const get = async (accept: string, path = "") => {
  const response = await world.get(URL + path, { "Accept-Encoding": accept });
  return [response.headers.get("content-encoding"), await response.text()];
};

test("a coding is sent as soon as it is made, and nobody waits for it", async () => {
  expect(await get("br")).toEqual([null, PAGE]);
  encodeAll();
  expect(await get("br")).toEqual([null, PAGE]);
  world.nowMs += RETRY_MS;
  expect(await get("br")).toEqual(["br", "as br"]);
});

test("a coding that is known is sent at once, without reading", async () => {
  encodeAll();
  await get("gzip");
  world.reads.length = 0;
  const request = new Request(URL, { headers: { Host: `docs.${DOMAIN}`, "Accept-Encoding": "gzip" } });
  expect(world.edge.fetch(request)).toBeInstanceOf(Response);
  expect(world.reads).toEqual([]);
});

test("a coding that takes long to read is done without until it is there", async () => {
  encodeAll();
  await world.get(URL);
  const { letGo } = world.holdNextRead();
  expect(await Promise.all([get("br"), get("br")])).toEqual([
    [null, PAGE],
    [null, PAGE],
  ]);
  letGo();
  while ((await get("br"))[0] === null) await Bun.sleep(1);
  expect(await get("br")).toEqual(["br", "as br"]);
});

test("many who ask for a coding at once have it read once", async () => {
  encodeAll();
  await world.get(URL);
  world.reads.length = 0;
  await Promise.all(Array.from({ length: 10 }, () => get("zstd")));
  expect(world.reads).toEqual(["zstd"]);
});

test("a coding that is not worth it is not looked for again", async () => {
  encodeAll({ ...ENCODED, br: "" });
  expect(await get("br, gzip;q=0.5")).toEqual(["gzip", "as gzip"]);
  world.nowMs += 10 * RETRY_MS;
  world.reads.length = 0;
  await get("br, gzip;q=0.5");
  expect(world.reads).not.toContain("br");
});

test("only what is read of a file is asked for in a coding", async () => {
  encodeAll();
  expect(await get("br", "small")).toEqual([null, "hi"]);
  expect(world.reads).not.toContain("br");
});

test("a 404 page is sent in a coding too", async () => {
  encodeAll();
  expect(await get("br", "nope")).toEqual(["br", "as br"]);
});

test("codings in memory are counted", async () => {
  encodeAll({ ...ENCODED, br: "x".repeat(5000) });
  await world.get(URL);
  const before = world.edge.stats().hotBytes;
  await get("br");
  expect(world.edge.stats().hotBytes - before).toBeGreaterThanOrEqual(5000);
});
