import { expect, test } from "bun:test";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { register } from "../harness/account.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { listTree } from "../harness/file-tree.ts";
import { type Server, startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";
import { waitUntil } from "../harness/wait-until.ts";

const PAGE = `<!doctype html><title>Words</title>${Array.from({ length: 3000 }, (_, i) => `<p>word ${i}`).join("")}`;
const DECODERS = { br: brotliDecompressSync, zstd: zstdDecompressSync, gzip: gunzipSync };

const get = (server: Server, headers: Record<string, string>) =>
  fetchHost(server, `words.${server.domain}`, "/", { headers });

const waitForBrotli = (server: Server) =>
  waitUntil("the page comes compressed", async () => {
    const response = await get(server, { "Accept-Encoding": "br" });
    await response.arrayBuffer();
    return response.headers.get("Content-Encoding") === "br";
  });

const listEncodings = async (server: Server) =>
  (await listTree(join(server.data, "encodings"))).map((path) => path.slice(path.indexOf(".")));

test("a page comes compressed soon after its deploy, also after the server was killed before it was done", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  await using server = await startServer({ data });
  const { token } = await register(server.url);
  const client = deployClient({ endpoint: server.url, token });
  await client.deploy("words", { "index.html": PAGE, "logo.png": "x".repeat(5000) }, "prod");
  const first = await get(server, { "Accept-Encoding": "br" });
  expect(first.status).toBe(200);

  await waitForBrotli(server);
  const tags = new Set([first.headers.get("ETag")]);
  for (const [encoding, decode] of Object.entries(DECODERS)) {
    const response = await get(server, { "Accept-Encoding": encoding });
    expect(response.headers.get("Content-Encoding")).toBe(encoding);
    expect(response.headers.get("Vary")).toBe("Accept-Encoding");
    const body = Buffer.from(await response.arrayBuffer());
    expect(body.length).toBeLessThan(PAGE.length / 3);
    expect(decode(body).toString()).toBe(PAGE);
    tags.add(response.headers.get("ETag"));
  }
  expect(tags.size).toBe(4);

  // As if the power had gone before anything was compressed.
  await server.kill();
  await rm(join(data, "encodings"), { recursive: true });
  await using restarted = await startServer({ data });
  await waitForBrotli(restarted);
});

test("what was compressed goes with its content when that is collected", async () => {
  await using server = await startServer();
  const { token } = await register(server.url);
  const client = deployClient({ endpoint: server.url, token });
  await client.deploy("words", { "index.html": PAGE }, "prod");
  await waitForBrotli(server);
  // The page's and, empty, the manifest's.
  const endings = [".br", ".br", ".gz", ".gz", ".zst", ".zst"];
  await waitUntil("all is compressed", async () => (await listEncodings(server)).length === endings.length);
  expect((await listEncodings(server)).toSorted()).toEqual(endings);

  await client.call("DELETE", "/projects/words?for_good=true");
  await client.call("POST", "/gc");
  const folders = await readdir(join(server.data, "encodings"));
  for (const each of folders) expect(await readdir(join(server.data, "encodings", each))).toEqual([]);
});
