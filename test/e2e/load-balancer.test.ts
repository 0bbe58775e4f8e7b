import { expect, test } from "bun:test";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createSelfSigned } from "../../src/pki/mod.ts";
import { register } from "../harness/account.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { findFreePorts } from "../harness/free-ports.ts";
import { root } from "../harness/repository.ts";
import { startProcess } from "../harness/running-process.ts";
import { startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { waitUntil } from "../harness/wait-until.ts";

const DOMAIN = "example.com";

test.skipIf(Bun.which("haproxy") === null)(
  "HAProxy with the file of the documentation leads to edges and control planes, and leaves an edge that stops without losing a request (needs haproxy)",
  async () => {
    await using folder = await temporaryFolder();
    const [http, https] = (await findFreePorts(2)) as [number, number];
    const trusted = ["--domain", DOMAIN, "--public-url", `https://${DOMAIN}:${https}`, "--trust-proxy", "127.0.0.1"];
    const [controlPort, ...ports] = (await findFreePorts(3)) as [number, number, number];
    await using control = await startServer({
      port: controlPort,
      flags: ["--role", "control", "--host", "127.0.0.1", ...trusted],
    });
    const edge = (port: number) =>
      startServer({
        port,
        data: control.data,
        flags: [
          "--role",
          "edge",
          "--host",
          "127.0.0.1",
          "--control-url",
          control.url,
          "--leave-seconds",
          "6",
          ...trusted,
        ],
      });
    const edges = await Promise.all(ports.map(edge));
    await using first = edges[0]!;
    await using _ = edges[1]!;

    const { chain, key } = await createSelfSigned([DOMAIN, `*.${DOMAIN}`], Date.now());
    await writeFile(join(folder.path, "example.com.pem"), `${chain}\n${key.reveal()}`);
    const shipped = await readFile(join(root, "docs", "public", "haproxy.cfg"), "utf8");
    const here = shipped
      .replace("maxconn 20000", "maxconn 200")
      .replace("bind :80", `bind 127.0.0.1:${http}`)
      .replace("bind :443", `bind 127.0.0.1:${https}`)
      .replace("/etc/haproxy/", `${folder.path}/`)
      .replace("10.0.0.11:8080", `127.0.0.1:${ports[0]}`)
      .replace("10.0.0.12:8080", `127.0.0.1:${ports[1]}`)
      .replace("10.0.0.21:8080", `127.0.0.1:${controlPort}`)
      .replaceAll(/^ +server \w+ 10\..*\n/gm, "");
    await writeFile(join(folder.path, "haproxy.cfg"), here);
    await using balancer = startProcess(["haproxy", "-db", "-f", "haproxy.cfg"], { cwd: folder.path });
    const ask = (host: string, path: string, init: RequestInit = {}) =>
      fetch(`https://127.0.0.1:${https}${path}`, {
        ...init,
        headers: { ...(init.headers as Record<string, string>), Host: host },
        tls: { rejectUnauthorized: false },
      });
    await waitUntil("it leads on", async () => (await ask(DOMAIN, "/api/v1/health").catch(() => undefined))?.ok, {
      describe: balancer.output,
    });

    const { token } = await register(control.url);
    await deployClient({ endpoint: control.url, token }).deploy("shop", { "index.html": "shop" }, "prod");
    expect(await (await ask(`shop.${DOMAIN}`, "/")).text()).toBe("shop");
    expect(await (await ask(DOMAIN, "/")).text()).toContain("<!doctype html>");
    const plain = await fetch(`http://127.0.0.1:${http}/x`, {
      headers: { Host: `shop.${DOMAIN}` },
      redirect: "manual",
    });
    expect([plain.status, plain.headers.get("Location")]).toEqual([308, `https://shop.${DOMAIN}/x`]);

    const end = new AbortController();
    const wrong: string[] = [];
    let pages = 0;
    const visitors = [1, 2, 3, 4].map(async () => {
      while (!end.signal.aborted) {
        const answer = await ask(`shop.${DOMAIN}`, "/").then(async (response) => await response.text(), String);
        if (answer !== "shop") wrong.push(answer);
        pages++;
      }
    });
    await first.stop();
    const before = pages;
    await waitUntil("the other serves", () => pages > before + 50);
    end.abort();
    await Promise.all(visitors);
    expect(wrong).toEqual([]);
  },
);
