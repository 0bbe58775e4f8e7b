import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect as connectHttp2 } from "node:http2";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createDns } from "../../src/bin/dns.ts";
import { createSelfSigned } from "../../src/pki/mod.ts";
import type { Api } from "#wire";
import { callApi, register } from "../harness/account.ts";
import { deployClient } from "../harness/deploy-client.ts";
import {
  DOMAIN,
  fetchSecurely,
  httpsPort,
  shake,
  startHttpsServer,
  waitForCertificate,
} from "../harness/https-server.ts";
import { type DnsServer, startDns } from "../harness/dns-server.ts";
import { nameServerIsMissing, startNameServer } from "../harness/name-server.ts";
import { findFreePorts } from "../harness/free-ports.ts";
import { type Pebble, pebbleIsMissing, startPebble } from "../harness/pebble.ts";
import { startRoute53 } from "../harness/route53.ts";
import type { Server } from "../harness/server.ts";
import { exchange, fetchHost } from "../harness/tenant.ts";
import { temporaryFolder, type TemporaryFolder } from "../harness/temporary-folder.ts";
import { waitUntil } from "../harness/wait-until.ts";

describe.skipIf(pebbleIsMissing !== undefined)("a server with HTTPS on (needs Pebble)", () => {
  let pebble: Pebble;
  let names: DnsServer;
  let folder: TemporaryFolder;
  let server: Server;
  let roots: string;
  let token: string;

  beforeAll(async () => {
    pebble = await startPebble();
    roots = await pebble.issuingRoot();
    folder = await temporaryFolder();
    names = await startDns();
    for (const name of [DOMAIN, `app.${DOMAIN}`]) names.addresses.set(name, ["127.0.0.1"]);
    names.addresses.set(`console.${DOMAIN}`, ["192.0.2.1"]);
    server = await startHttpsServer(pebble, join(folder.path, "data"), ["--dns-server", names.address]);
    ({ token } = await register(server.url));
    await deployClient({ endpoint: server.url, token }).deploy("shop", { "index.html": "<h1>Shop</h1>" }, "prod");
    await waitForCertificate(server, `shop.${DOMAIN}`);
  });
  afterAll(async () => {
    for (const one of [server, names, folder, pebble]) await one[Symbol.asyncDispose]();
  });

  test("serves the base domain and a site that was just deployed with certificates of their own", async () => {
    await waitForCertificate(server, DOMAIN);
    expect((await shake(server, { servername: DOMAIN })).names).toBe(`DNS:${DOMAIN}`);
    const response = await fetchSecurely(server, roots, `shop.${DOMAIN}`);
    expect(await response.text()).toBe("<h1>Shop</h1>");
    expect(response.headers.get("Strict-Transport-Security")).toBe("max-age=31536000");
    const health = await fetchSecurely(server, roots, DOMAIN, "/api/v1/health");
    expect(await health.json()).toMatchObject({ status: "ok" });
    expect(health.headers.get("Strict-Transport-Security")).toBe("max-age=31536000");
  });

  test("orders none for a name of its own before DNS has it lead here", async () => {
    await waitForCertificate(server, `app.${DOMAIN}`);
    expect(pebble.output()).toContain(`app.${DOMAIN}`);
    for (const label of ["console", "api"]) {
      expect((await shake(server, { servername: `${label}.${DOMAIN}` })).issuer).toContain("self-signed");
      expect(pebble.output()).not.toContain(`${label}.${DOMAIN}`);
    }
  });

  test("tells how many certificates it has, and how long the first to expire has left", async () => {
    await waitForCertificate(server, DOMAIN);
    const text = await (await fetchSecurely(server, roots, DOMAIN, "/api/v1/metrics")).text();
    const figure = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1]);
    expect(figure("sitepod_certificates")).toBeGreaterThanOrEqual(2);
    expect(figure("sitepod_certificate_lowest_expiry_seconds")).toBeGreaterThan(60 * 60);
    const told = await (await callApi({ endpoint: server.url, token }, "GET", "/server")).json();
    const { certificates } = told as Api.ServerState;
    expect(certificates?.map(({ names }) => names)).toContainEqual([DOMAIN]);
    expect(Date.parse(certificates![0]!.expires_at)).toBeGreaterThan(Date.now() + 60 * 60 * 1000);
  });

  test("tells load balancers without TLS whether it is ready, and sends them to HTTPS for all else", async () => {
    for (const host of [DOMAIN, "192.0.2.1"]) {
      expect((await fetchHost({ port: pebble.httpPort }, host, "/readyz")).status).toBe(200);
      expect((await fetchHost({ port: pebble.httpPort }, host, "/api/v1/health")).status).toBe(308);
    }
    expect((await fetchHost({ port: pebble.httpPort }, `shop.${DOMAIN}`, "/readyz")).status).toBe(308);
  });

  test("orders nothing for a name that a scanner makes up, and shows it no tenant's certificate", async () => {
    for (const servername of [`git.git.${DOMAIN}`, `nobody.${DOMAIN}`, "stranger.test", ""]) {
      expect((await shake(server, { servername })).issuer).toContain("self-signed");
      if (servername !== "") await fetchHost({ port: pebble.httpPort }, servername, "/.well-known/acme-challenge/x");
    }
    expect(pebble.output()).not.toMatch(/git\.git|nobody|stranger/);
  });

  test("speaks TLS 1.2 and 1.3, and nothing older", async () => {
    expect((await shake(server, { version: "TLSv1.2" })).protocol).toBe("TLSv1.2");
    expect((await shake(server, { version: "TLSv1.3" })).protocol).toBe("TLSv1.3");
    for (const version of ["TLSv1", "TLSv1.1"] as const) await expect(shake(server, { version })).rejects.toThrow();
  });

  test("speaks HTTP/2 to who offers it", async () => {
    const host = `shop.${DOMAIN}`;
    const session = connectHttp2(`https://127.0.0.1:${httpsPort(server)}`, { ca: roots, servername: host });
    const stream = session.request({ ":path": "/", ":authority": host });
    const body = await new Response(stream as unknown as ReadableStream).text();
    session.close();
    expect(body).toBe("<h1>Shop</h1>");
  });

  test("sends HTTP to HTTPS, with path and query", async () => {
    const response = await fetchHost({ port: pebble.httpPort }, `shop.${DOMAIN}`, "/a%2Fb?x=1");
    expect(response.status).toBe(308);
    expect(response.headers.get("Location")).toBe(`https://shop.${DOMAIN}:${httpsPort(server)}/a%2Fb?x=1`);
  });

  test("refuses HTTP without one host name instead of sending it on", async () => {
    const target = { port: pebble.httpPort };
    for (const hosts of ["Host: a.test\r\nHost: b.test", "Host: a b", "Host: <x>"]) {
      expect(await exchange(target, `GET / HTTP/1.1\r\n${hosts}\r\nConnection: close\r\n\r\n`)).toStartWith(
        "HTTP/1.1 400",
      );
    }
  });

  test("answers this machine's own questions without TLS", async () => {
    expect((await fetch(`http://127.0.0.1:${pebble.httpPort}/api/v1/health`)).status).toBe(200);
  });

  test("lets nobody else read its keys, and prints none", async () => {
    const certificates = join(server.data, "certs");
    const files = await readdir(certificates, { recursive: true, withFileTypes: true });
    const keys: string[] = [];
    for (const file of files.filter((entry) => entry.isFile())) {
      const path = join(file.parentPath, file.name);
      expect(`${file.name} ${((await stat(path)).mode & 0o777).toString(8)}`).toBe(`${file.name} 600`);
      keys.push(...((await readFile(path, "utf8")).match(/PRIVATE KEY-----\\n([^\\]+)/g) ?? []));
    }
    expect(keys.length).toBeGreaterThan(2);
    for (const key of keys) expect(server.output()).not.toContain(key.slice(-60));
  });
});

describe.skipIf(pebbleIsMissing !== undefined)("a server whose authority is down (needs Pebble)", () => {
  test("starts, serves the certificates it has, and a self-signed one for the rest", async () => {
    await using folder = await temporaryFolder();
    const data = join(folder.path, "data");
    const pebble = await startPebble();
    const roots = await pebble.issuingRoot();
    const first = await startHttpsServer(pebble, data);
    await waitForCertificate(first, DOMAIN);
    await first.stop();
    await pebble[Symbol.asyncDispose]();

    await Bun.write(pebble.rootsFile, roots);
    await using server = await startHttpsServer(pebble, data);
    expect((await fetchSecurely(server, roots, DOMAIN, "/api/v1/health")).status).toBe(200);
    expect((await shake(server, { servername: `new.${DOMAIN}` })).issuer).toContain("self-signed");
  });
});

describe("a server whose authority does not answer", () => {
  test("stops at once, and leaves the order to whoever starts next", async () => {
    await using folder = await temporaryFolder();
    const data = join(folder.path, "data");
    const { chain, key } = await createSelfSigned(["localhost"], Date.now());
    const rootsFile = join(folder.path, "roots.pem");
    await Bun.write(rootsFile, chain);
    let isAsked = false;
    await using authority = Bun.serve({
      port: 0,
      idleTimeout: 0,
      tls: { cert: chain, key: key.reveal() },
      fetch: () => ((isAsked = true), Promise.withResolvers<Response>().promise),
    });
    const [httpPort = 0] = await findFreePorts(1);
    const silent = { directory: `https://localhost:${authority.port}/dir`, rootsFile, httpPort };
    await using server = await startHttpsServer(silent, data);
    await waitUntil("the authority was asked", () => isAsked);
    await server.stop();
    const lease = JSON.parse(await readFile(join(data, "certs/leases", `${DOMAIN}.json`), "utf8"));
    expect(lease).toMatchObject({ untilMs: 0 });
    expect(await readdir(join(data, "certs"))).not.toContain("attempts");
    expect(server.output()).not.toContain("gave no certificate");
  });
});

describe.skipIf(pebbleIsMissing !== undefined)("a server with a DNS hook (needs Pebble)", () => {
  test("has one certificate for the base domain and every name under it", async () => {
    await using folder = await temporaryFolder();
    await using pebble = await startPebble();
    await using server = await startHttpsServer(pebble, join(folder.path, "data"), ["--dns-hook", pebble.dnsHook]);
    await waitForCertificate(server, `any.${DOMAIN}`);
    expect((await shake(server, { servername: `any.${DOMAIN}` })).names).toBe(`DNS:${DOMAIN}, DNS:*.${DOMAIN}`);
    expect((await shake(server, { servername: `git.git.${DOMAIN}` })).issuer).toContain("self-signed");
  });
});

/** Name servers are asked at port 53: at an address of this machine that no other test run uses. */
const NAME_SERVER = { address: `127.53.${(process.pid >> 8) & 0xff}.${process.pid & 0xff}`, port: 53 };
const cannotServeNames = nameServerIsMissing !== undefined || process.getuid?.() !== 0;

describe.skipIf(pebbleIsMissing !== undefined || cannotServeNames)(
  "a server with a DNS provider (needs root, Knot and Pebble)",
  () => {
    test("has one certificate for the base domain and every name under it, and leaves no record", async () => {
      await using folder = await temporaryFolder();
      await using names = await startNameServer(DOMAIN, NAME_SERVER);
      await using pebble = await startPebble({ dnsServer: `${names.address}:${names.port}` });
      const flags = ["--dns-provider", "rfc2136", "--dns-server", names.address];
      await using server = await startHttpsServer(pebble, join(folder.path, "data"), flags, {
        SITEPOD_RFC2136_SERVER: names.address,
        SITEPOD_RFC2136_KEY_NAME: names.key.name,
        SITEPOD_RFC2136_KEY_SECRET: names.key.secret,
      });
      await waitForCertificate(server, `any.${DOMAIN}`);
      expect((await shake(server, { servername: `any.${DOMAIN}` })).names).toBe(`DNS:${DOMAIN}, DNS:*.${DOMAIN}`);
      expect(await createDns(names.address).findTexts(`_acme-challenge.${DOMAIN}`)).toEqual([]);
      expect(server.output()).not.toContain(names.key.secret);
    });

    test("says why a key is refused, and does not show it", async () => {
      await using folder = await temporaryFolder();
      await using names = await startNameServer(DOMAIN, NAME_SERVER);
      await using pebble = await startPebble({ dnsServer: `${names.address}:${names.port}` });
      const secret = Buffer.from("the key of another server").toString("base64");
      const flags = ["--dns-provider", "rfc2136", "--dns-server", names.address];
      await using server = await startHttpsServer(pebble, join(folder.path, "data"), flags, {
        SITEPOD_RFC2136_SERVER: names.address,
        SITEPOD_RFC2136_KEY_NAME: names.key.name,
        SITEPOD_RFC2136_KEY_SECRET: secret,
      });
      await waitUntil("the refusal is told", () => server.output().includes("BADSIG"), { describe: server.output });
      expect(server.output()).not.toContain(secret);
    });

    test("writes to Route 53 with the keys of the standard variables", async () => {
      await using folder = await temporaryFolder();
      await using names = await startNameServer(DOMAIN, NAME_SERVER);
      await using pebble = await startPebble();
      const keys = { keyId: "AKIDEXAMPLE", secret: "secret-of-tests" };
      await using api = startRoute53({ ...keys, zones: [{ id: "Z1", name: DOMAIN }] });
      const flags = ["--dns-provider", "route53", "--dns-server", names.address];
      await using server = await startHttpsServer(pebble, join(folder.path, "data"), flags, {
        AWS_ACCESS_KEY_ID: keys.keyId,
        AWS_SECRET_ACCESS_KEY: keys.secret,
        AWS_ENDPOINT_URL_ROUTE_53: api.url,
      });
      const areThere = () => api.texts(`_acme-challenge.${DOMAIN}`).length === 2;
      await waitUntil("both values are there", areThere, { describe: server.output });
    });
  },
);
