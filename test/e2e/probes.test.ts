import { describe, expect, test } from "bun:test";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { register } from "../harness/account.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { type Server, startServer } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";
import { waitUntil } from "../harness/wait-until.ts";

async function ask(server: Server, host: string, path: string): Promise<readonly [number, string]> {
  const response = await fetchHost(server, host, path, { headers: { Connection: "close" } });
  return [response.status, await response.text()];
}

async function deployShop(server: Server, files: Record<string, string>): Promise<string> {
  const { token } = await register(server.url);
  await deployClient({ endpoint: server.url, token }).deploy("shop", files, "prod");
  return `shop.${server.domain}`;
}

describe.each(process.platform === "linux" ? [1, 2] : [1])("a server with %d workers", (workers) => {
  const flags = ["--workers", `${workers}`];

  test("says at every address of its own that it lives and is ready, and leaves these paths to sites at theirs", async () => {
    await using server = await startServer({ flags });
    const shop = await deployShop(server, { "index.html": "shop", healthz: "the shop's own" });
    for (const host of [server.domain, `api.${server.domain}`, "localhost", "127.0.0.1"]) {
      expect(await ask(server, host, "/healthz")).toEqual([200, "alive\n"]);
      expect(await ask(server, host, "/readyz")).toEqual([200, "ready\n"]);
    }
    expect(await ask(server, shop, "/healthz")).toEqual([200, "the shop's own"]);
    expect(await ask(server, shop, "/readyz")).toEqual([200, "shop"]);
  });

  test("is ready without a database, and not without its store", async () => {
    await using server = await startServer({ flags });
    await deployShop(server, { "index.html": "shop" });
    await rm(join(server.data, "db"), { recursive: true });
    expect(await ask(server, "localhost", "/readyz")).toEqual([200, "ready\n"]);
    const blobs = join(server.data, "blobs");
    await rename(blobs, `${blobs}.away`);
    await waitUntil(
      "it says so",
      async () => (await ask(server, "localhost", "/readyz"))[1] === "The store cannot be read.\n",
    );
    expect(await ask(server, "localhost", "/healthz")).toEqual([200, "alive\n"]);
    await rename(`${blobs}.away`, blobs);
    await waitUntil("it is ready again", async () => (await ask(server, "localhost", "/readyz"))[0] === 200);
  });

  test("serves on while it tells load balancers that it leaves, then ends", async () => {
    await using server = await startServer({ flags, env: { SITEPOD_LEAVE_SECONDS: "3" } });
    const shop = await deployShop(server, { "index.html": "shop" });
    const stopped = server.stop();
    await waitUntil("it leaves", async () => (await ask(server, "localhost", "/readyz"))[0] === 503);
    for (let i = 0; i < 8; i++) {
      expect(await ask(server, "localhost", "/readyz")).toEqual([503, "The server is stopping.\n"]);
      expect(await ask(server, "localhost", "/healthz")).toEqual([200, "alive\n"]);
      expect(await ask(server, shop, "/")).toEqual([200, "shop"]);
    }
    await stopped;
    expect(await fetch(server.url).catch(() => "refused")).toBe("refused");
  });
});
