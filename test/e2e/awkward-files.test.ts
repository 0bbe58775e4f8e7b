import { expect, test } from "bun:test";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";

/** Path → its address and media type. */
const NAMES: Readonly<Record<string, readonly [address: string, type: string]>> = {
  "index.html": ["/", "text/html; charset=utf-8"],
  "ä b#c?d.html": ["/%C3%A4%20b%23c%3Fd", "text/html; charset=utf-8"],
  ".well-known/x": ["/.well-known/x", "application/octet-stream"],
  "caf\u00e9.txt": ["/caf%C3%A9.txt", "text/plain; charset=utf-8"],
  "cafe\u0301.txt": ["/cafe%CC%81.txt", "text/plain; charset=utf-8"],
  CON: ["/CON", "application/octet-stream"],
  "nul.txt": ["/nul.txt", "text/plain; charset=utf-8"],
  [`${"s".repeat(296)}.txt`]: [`/${"s".repeat(296)}.txt`, "text/plain; charset=utf-8"],
  [`deep/${"n".repeat(300)}/x`]: [`/deep/${"n".repeat(300)}/x`, "application/octet-stream"],
  "no-extension": ["/no-extension", "application/octet-stream"],
  "module.wasm": ["/module.wasm", "application/wasm"],
  "site.webmanifest": ["/site.webmanifest", "application/manifest+json; charset=utf-8"],
  "module.mjs": ["/module.mjs", "text/javascript; charset=utf-8"],
  "photo.avif": ["/photo.avif", "image/avif"],
  "100%25.txt": ["/100%2525.txt", "text/plain; charset=utf-8"],
};

test("files with awkward names come back, each at its address", async () => {
  await using server = await startServer();
  const { token } = await register(server.url);
  const client = deployClient({ endpoint: server.url, token });
  await client.deploy("names", Object.fromEntries(Object.keys(NAMES).map((path) => [path, `this is ${path}`])), "prod");
  for (const [path, [address, type]] of Object.entries(NAMES)) {
    const response = await fetchHost(server, `names.${server.domain}`, address);
    expect([path, response.status, response.headers.get("Content-Type")]).toEqual([path, 200, type]);
    expect(await response.text()).toBe(`this is ${path}`);
  }
});

const GIB = 1024 ** 3;
const SIZE = 2 * GIB + 5;

test(
  "a file of more than two gibibytes is deployed by the CLI and comes back, whole and in parts",
  async () => {
    await using folder = await temporaryFolder();
    const marks = [
      [0, "begins"],
      [GIB, "half way"],
      [SIZE - 4, "ends"],
    ] as const;
    await using file = await open(join(folder.path, "film.mp4"), "w");
    await file.truncate(SIZE);
    for (const [at, text] of marks) await file.write(text, at);
    await using server = await startServer({
      env: { SITEPOD_MAX_FILE_SIZE: `${3 * GIB}`, SITEPOD_MAX_DEPLOY_SIZE: `${3 * GIB}` },
    });
    const { token } = await register(server.url);
    await using person = await commandLine({ endpoint: server.url, token });
    expect(await person.run(["deploy", folder.path, "--prod", "--name", "film", "--yes"])).toMatchObject({ code: 0 });

    const get = (headers: Record<string, string> = {}, method = "GET") =>
      fetchHost(server, `film.${server.domain}`, "/film.mp4", { headers, method });
    expect((await get({}, "HEAD")).headers.get("Content-Length")).toBe(`${SIZE}`);
    for (const [at, text] of marks) {
      const part = await get({ Range: `bytes=${at}-${at + text.length - 1}` });
      expect(part.headers.get("Content-Range")).toBe(`bytes ${at}-${at + text.length - 1}/${SIZE}`);
      expect(await part.text()).toBe(text);
    }
    expect(await (await get({ Range: "bytes=-4" })).text()).toBe("ends");
    let received = 0;
    for await (const chunk of (await get()).body!) received += chunk.length;
    expect(received).toBe(SIZE);
  },
  { timeout: 180_000 },
);
