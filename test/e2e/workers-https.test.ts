import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { register } from "../harness/account.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { edgeProcesses } from "../harness/edge-processes.ts";
import { DOMAIN, fetchSecurely, shake, startHttpsServer, waitForCertificate } from "../harness/https-server.ts";
import { pebbleIsMissing, startPebble } from "../harness/pebble.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { waitUntil } from "../harness/wait-until.ts";

describe.skipIf(pebbleIsMissing !== undefined || process.platform !== "linux")(
  "a server with HTTPS on and two workers (needs Linux and Pebble)",
  () => {
    test("has the same certificates at every edge, also at one that took the place of another", async () => {
      await using folder = await temporaryFolder();
      await using pebble = await startPebble();
      const roots = await pebble.issuingRoot();
      await using server = await startHttpsServer(pebble, join(folder.path, "data"), ["--workers", "2"]);
      const { token } = await register(server.url);
      const client = deployClient({ endpoint: server.url, token });
      await client.deploy("shop", { "index.html": "<h1>Shop</h1>" }, "prod");
      await waitForCertificate(server, `shop.${DOMAIN}`);
      await waitForCertificate(server, DOMAIN);
      const response = await fetchSecurely(server, roots, `shop.${DOMAIN}`);
      expect(await response.text()).toBe("<h1>Shop</h1>");
      const health = await fetchSecurely(server, roots, DOMAIN, "/api/v1/health");
      expect(health.headers.get("Strict-Transport-Security")).toBe("max-age=31536000");

      const before = edgeProcesses(server);
      for (const pid of before) process.kill(pid, "SIGKILL");
      await waitUntil("others take their place", () => {
        const now = edgeProcesses(server);
        return now.length === 2 && !now.some((pid) => before.includes(pid));
      });
      const isAnswered = () => shake(server, { servername: DOMAIN }).catch(() => undefined);
      await waitUntil("they answer", isAnswered);
      await waitForCertificate(server, `shop.${DOMAIN}`);
      await client.deploy("second", { "index.html": "<h1>Second</h1>" }, "prod");
      await waitForCertificate(server, `second.${DOMAIN}`);
      await waitForCertificate(server, `shop.${DOMAIN}`);
      await server.stop();
      expect(server.output()).not.toContain("cannot");
    });
  },
);
