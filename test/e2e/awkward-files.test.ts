import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { connect } from "node:http2";
import { freemem } from "node:os";
import { join } from "node:path";
import { register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { startServer } from "../harness/server.ts";
import { mountSmallDisk, mountsAreMissing } from "../harness/small-disk.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";
import { startTlsServer, type TlsServer } from "../harness/tls-server.ts";

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
/** What a server of so large a file may take beyond what it took before. */
const GROWTH_LIMIT_MB = 96;
const SAMPLE_MS = 50;

interface Part {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
}

type Get = (headers?: Record<string, string>, method?: "GET" | "HEAD") => Promise<Part>;

/** Asks by HTTP/1.1. */
function overHttp1({ port }: TlsServer, host: string, path: string): Get & Disposable {
  const get: Get = async (headers = {}, method = "GET") => {
    const init = { method, headers: { ...headers, Host: host }, tls: { rejectUnauthorized: false } };
    const response = await fetch(`https://127.0.0.1:${port}${path}`, init as BunFetchRequestInit);
    return { status: response.status, headers: Object.fromEntries(response.headers), body: response.body ?? nothing() };
  };
  return Object.assign(get, { [Symbol.dispose]: () => {} });
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** Asks by HTTP/2, over one connection for all. */
function overHttp2({ port }: TlsServer, host: string, path: string): Get & Disposable {
  const session = connect(`https://127.0.0.1:${port}`, { servername: host, rejectUnauthorized: false });
  const get: Get = (headers = {}, method = "GET") =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ...headers, ":method": method, ":path": path, ":authority": host });
      stream.on("error", reject);
      stream.on("response", (answer) => resolve({ status: answer[":status"] ?? 0, headers: answer, body: stream }));
    });
  return Object.assign(get, { [Symbol.dispose]: () => void session.destroy() });
}

async function textOf({ body }: Part): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test(
  "a file of more than two gibibytes is deployed by the CLI and comes back, whole and in parts, by HTTP/1.1 and HTTP/2",
  async () => {
    await using folder = await temporaryFolder();
    const marks = [
      [0, "begins"],
      [GIB, "half way"],
      [2 ** 31 - 1, "x"],
      [SIZE - 4, "ends"],
    ] as const;
    await using file = await open(join(folder.path, "film.mp4"), "w");
    await file.truncate(SIZE);
    for (const [at, text] of marks) await file.write(text, at);
    await using disk = await largeDisk();
    await using server = await startTlsServer(["film.sites.test"], {
      folder: disk.path,
      env: { SITEPOD_MAX_FILE_SIZE: `${3 * GIB}`, SITEPOD_MAX_DEPLOY_SIZE: `${3 * GIB}` },
    });
    const { token } = await register(server.url);
    await using person = await commandLine({ endpoint: server.url, token });
    expect(await person.run(["deploy", folder.path, "--prod", "--name", "film", "--yes"])).toMatchObject({ code: 0 });

    const host = `film.${server.domain}`;
    // In turn: a connection that nobody uses is closed, while the other takes as long as the machine needs.
    for (const open of [overHttp1, overHttp2]) {
      using get = open(server, host, "/film.mp4");
      expect((await get({}, "HEAD")).headers["content-length"]).toBe(`${SIZE}`);
      for (const [at, text] of marks) {
        const part = await get({ range: `bytes=${at}-${at + text.length - 1}` });
        expect([part.status, part.headers["content-range"], await textOf(part)]).toEqual([
          206,
          `bytes ${at}-${at + text.length - 1}/${SIZE}`,
          text,
        ]);
      }
      expect(await textOf(await get({ range: "bytes=-4" }))).toBe("ends");
      expect((await get({ range: `bytes=${SIZE}-` })).status).toBe(416);

      const beforeMb = memoryMb(server.pid);
      let peakMb = beforeMb;
      const sampling = setInterval(() => (peakMb = Math.max(peakMb, memoryMb(server.pid))), SAMPLE_MS);
      let received = 0;
      for await (const chunk of (await get()).body) received += chunk.length;
      clearInterval(sampling);
      expect(received).toBe(SIZE);
      expect(peakMb - beforeMb).toBeLessThan(GROWTH_LIMIT_MB);
    }
  },
  { timeout: 300_000 },
);

/** In memory, where that has room for it: gibibytes on their way to a disk hold up all others that wait for the disk. */
const largeDisk = () =>
  mountsAreMissing === undefined && freemem() > 4 * SIZE ? mountSmallDisk(SIZE + GIB) : temporaryFolder();

/** Resident; 0 where the system does not tell. */
function memoryMb(pid: number): number {
  if (process.platform !== "linux") return 0;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}
