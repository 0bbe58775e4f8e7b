import { expect, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { startServer } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";
import { waitUntil } from "../harness/wait-until.ts";

const UPLOADS = 1000;
/** The end of each never comes. */
const SIZE = 1024 * 1024;
const SENT = 64 * 1024;
/** What a server may keep of them: it has handled some hundred MB, of which the allocator gives back not all at once. */
const MEMORY_LEFT_MB = 100;

test(`${UPLOADS} uploads that are dropped in the middle leave no file, no file descriptor and no memory behind`, async () => {
  await using server = await startServer({ env: { SITEPOD_MAX_DEPLOY_SIZE: "2GiB" } });
  const { token } = await register(server.url);
  const client = deployClient({ endpoint: server.url, token });
  await client.deploy("shop", { "index.html": "the front page" }, "prod");
  // Contents that nobody has: only their beginning is ever sent.
  const files = Array.from({ length: UPLOADS }, (_, i) => ({
    path: `${i}.bin`,
    blake3: i.toString(16).padStart(64, "0"),
    size: SIZE,
  }));
  const plan = await client.call<{ plan_id: string }>("POST", "/plan", { project: "shop", files });
  const descriptors = async () => (await readdir(`/proc/${server.pid}/fd`)).length;
  const memoryMb = async () =>
    Number(/^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${server.pid}/status`, "utf8"))?.[1]) / 1024;
  const aside = async () => (await readdir(join(server.data, "tmp"))).length;
  const before = { descriptors: await descriptors(), memoryMb: await memoryMb() };

  const sockets = await Promise.all(
    files.map(async ({ blake3 }) => {
      const socket = connect(server.port, "127.0.0.1");
      socket.on("error", () => {});
      const head =
        `POST /api/v1/upload/${plan.plan_id}/${blake3} HTTP/1.1\r\nHost: ${server.domain}\r\n` +
        `Authorization: Bearer ${token}\r\nContent-Length: ${SIZE}\r\n\r\n`;
      socket.write(head);
      socket.write(new Uint8Array(SENT));
      return socket;
    }),
  );
  await waitUntil("all are under way", async () => (await aside()) >= UPLOADS);
  const during = { descriptors: await descriptors(), memoryMb: await memoryMb() };
  expect((await fetchHost(server, `shop.${server.domain}`, "/")).status).toBe(200);
  for (const socket of sockets) socket.destroy();

  await waitUntil("their files are gone", async () => (await aside()) === 0);
  await waitUntil("their descriptors are closed", async () => (await descriptors()) <= before.descriptors + 10);
  await waitUntil("their memory is given back", async () => (await memoryMb()) < before.memoryMb + MEMORY_LEFT_MB);
  const after = { descriptors: await descriptors(), memoryMb: await memoryMb() };
  expect((await client.deploy("shop", { "index.html": "the next page" }, "prod")).version).toBe("v2");
  const staged = await readdir(join(server.data, "uploads"), { recursive: true });
  // Of each plan its list is there, until it expires.
  expect(staged.filter((name) => /[0-9a-f]{64}/.test(name)).length).toBeLessThanOrEqual(1);
  await using operator = await commandLine({ by: "executable" });
  expect((await operator.run(["server", "fsck", "--data", server.data])).code).toBe(0);
  const told = (state: typeof before) => `${state.descriptors} descriptors and ${Math.round(state.memoryMb)} MB`;
  process.stdout.write(`${UPLOADS} uploads: ${told(before)} before, ${told(during)} during, ${told(after)} after\n`);
});
