import { expect, test } from "bun:test";
import { type CloudflareApi, startCloudflare } from "../harness/cloudflare.ts";
import { Secret } from "../../src/pki/secret.ts";
import { createCloudflare } from "../../src/pki/dns/cloudflare.ts";

const TOKEN = "token-of-tests";
const NAME = "_acme-challenge.shop.example.com";
const ZONES = ["example.com", "other.test"];

/** What writes to it, with the waits it asked for. */
function open(api: CloudflareApi, token = TOKEN) {
  const waits: number[] = [];
  const sleep = async (ms: number) => void waits.push(ms);
  return { waits, writer: createCloudflare({ token: new Secret(token), api: api.url, sleep }) };
}

test("two values stand at one name at once, and one is removed without the other", async () => {
  await using api = startCloudflare({ token: TOKEN, zones: ZONES });
  const { writer } = open(api);
  await Promise.all([writer.present(NAME, "one"), writer.present(NAME, "two")]);
  expect(api.texts(NAME).toSorted()).toEqual(['"one"', '"two"']);
  await writer.remove(NAME, "one");
  expect(api.texts(NAME)).toEqual(['"two"']);
});

test("a value that is there already is no fault, nor is one that is gone", async () => {
  await using api = startCloudflare({ token: TOKEN, zones: ZONES });
  const { writer } = open(api);
  for (let times = 0; times < 2; times++) await writer.present(NAME, "again");
  expect(api.texts(NAME)).toEqual(['"again"']);
  for (let times = 0; times < 2; times++) await writer.remove(NAME, "again");
  expect(api.texts(NAME)).toEqual([]);
});

test("the nearest zone is written to", async () => {
  await using api = startCloudflare({ token: TOKEN, zones: ["example.com", "shop.example.com"] });
  await open(api).writer.present(NAME, "value");
  expect(api.requests.at(-1)).toBe("POST /zones/id-of-shop.example.com/dns_records");
});

test("a value is found on whichever page it is, quoted or not, and the others stay", async () => {
  await using api = startCloudflare({ token: TOKEN, zones: ZONES, pageSize: 2 });
  for (const content of ['"a"', '"b"', '"c"', "ours", '"d"']) api.add("example.com", NAME, content);
  await open(api).writer.remove(NAME, "ours");
  expect(api.texts(NAME)).toEqual(['"a"', '"b"', '"c"', '"d"']);
});

test("a name in no zone of the token is an error that says so", async () => {
  await using api = startCloudflare({ token: TOKEN, zones: ZONES });
  await expect(open(api).writer.present("_acme-challenge.elsewhere.org", "x")).rejects.toThrow(
    "no zone for _acme-challenge.elsewhere.org",
  );
  expect(api.requests).toHaveLength(3);
});

test("a token that is refused is told of with what it needs, and not shown", async () => {
  await using api = startCloudflare({ token: TOKEN, zones: ZONES });
  const error = await open(api, "stale-token").writer.present(NAME, "x").catch(String);
  expect(error).toContain("Authentication error (10000). The token needs Zone Read and DNS Edit");
  expect(error).not.toContain("stale-token");
});

test("a limit is waited for as long as it says, and a passing fault longer each time", async () => {
  await using api = startCloudflare({ token: TOKEN, zones: ZONES });
  const { writer, waits } = open(api);
  api.faults.push(new Response(null, { status: 429, headers: { "Retry-After": "7" } }));
  api.faults.push(new Response("<html>", { status: 502 }), new Response(null, { status: 503 }));
  await writer.present(NAME, "value");
  expect(waits).toEqual([7000, 2000, 4000]);
  expect(api.texts(NAME)).toEqual(['"value"']);
});

test("a limit that lasts, and a fault that stays, are errors", async () => {
  await using api = startCloudflare({ token: TOKEN, zones: ZONES });
  const { writer, waits } = open(api);
  api.faults.push(new Response(null, { status: 429, headers: { "Retry-After": "300" } }));
  await expect(writer.present(NAME, "x")).rejects.toThrow("answers 429");
  expect(waits).toEqual([]);
  for (let times = 0; times < 5; times++) api.faults.push(new Response("<html>", { status: 502 }));
  await expect(writer.present(NAME, "x")).rejects.toThrow("answers 502 without an explanation");
  await api[Symbol.asyncDispose]();
  await expect(writer.present(NAME, "x")).rejects.toThrow("cannot be reached");
});
