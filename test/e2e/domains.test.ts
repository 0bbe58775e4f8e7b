import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { register } from "../harness/account.ts";
import { type CommandLine, commandLine } from "../harness/command-line.ts";
import { type DnsServer, startDns } from "../harness/dns-server.ts";
import { writeTree } from "../harness/file-tree.ts";
import { type Server, startServer } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";

// Custom domains from the command line to the browser, with a DNS server that the test writes the records of.

const cleanup = new AsyncDisposableStack();
let dns: DnsServer;
let server: Server;
let person: CommandLine;

beforeAll(async () => {
  dns = cleanup.use(await startDns());
  dns.addresses.set("sites.test", ["192.0.2.7"]);
  server = cleanup.use(await startServer({ env: { SITEPOD_DNS_SERVER: dns.address } }));
  const { token } = await register(server.url);
  person = cleanup.use(await commandLine({ endpoint: server.url, token }));
  await writeTree(person.home, { "shop/index.html": "shop", "docs/index.html": "docs", "docs/sub/index.html": "sub" });
  await succeed("deploy", "shop", "--name", "shop", "--prod");
});
afterAll(() => cleanup.disposeAsync());

async function succeed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await person.run(args);
  if (code !== 0) throw new Error(`sitepod ${args.join(" ")} failed:\n${stdout}${stderr}`);
  return stdout;
}

/** Does what the owner of a zone does with the table that `domain add` prints. */
function setTexts(table: string): void {
  for (const [, name, value] of table.matchAll(/^TXT +(\S+) +(\S+)/gm)) {
    dns.texts.set(name!, [...(dns.texts.get(name!) ?? []), value!]);
  }
}

const bodyAt = async (host: string, path = "/") => await (await fetchHost(server, host, path)).text();

test("a domain is added, proved by DNS and served", async () => {
  const added = await succeed("domain", "add", "example.com", "--name", "shop");
  expect(added).toMatch(/^TXT +_sitepod\.example\.com +sitepod-verify=\S+ +proves that it is yours$/m);
  expect(added).toMatch(/^A +example\.com +192\.0\.2\.7 +leads here$/m);
  const early = await person.run(["domain", "verify", "example.com"]);
  expect(early.code).toBe(1);
  expect(early.stderr).toContain("DNS has no TXT record");
  expect((await fetchHost(server, "example.com", "/")).status).toBe(404);

  setTexts(added);
  expect(await succeed("domain", "verify", "example.com")).toContain("verified, and served now");
  expect(await bodyAt("example.com")).toBe("shop");
  expect(await succeed("domain", "list", "--name", "shop")).toMatch(/^example\.com +\/ +prod +active$/m);
});

test("a DNS server that fails is not taken for a missing record", async () => {
  dns.isBroken = true;
  const verified = await person.run(["domain", "verify", "example.com"]);
  dns.isBroken = false;
  expect(verified.code).toBe(1);
  expect(verified.stderr).toContain("DNS did not answer");
  expect(await bodyAt("example.com")).toBe("shop");
});

test("www redirects to the apex", async () => {
  setTexts(await succeed("domain", "add", "www.example.com", "--redirect", "example.com", "--name", "shop"));
  await succeed("domain", "verify", "www.example.com");
  const { status, headers } = await fetchHost(server, "www.example.com", "/a?b=c");
  expect([status, headers.get("location")]).toEqual([308, "//example.com/a?b=c"]);
});

test("a wildcard serves names of one more label", async () => {
  setTexts(await succeed("domain", "add", "*.example.org", "--name", "shop"));
  await succeed("domain", "verify", "*.example.org");
  expect(await bodyAt("any.example.org")).toBe("shop");
  expect((await fetchHost(server, "a.b.example.org", "/")).status).toBe(404);
});

test("a project in path mode is mounted by its deploy", async () => {
  const folder = join(person.home, "docs");
  await writeTree(folder, {
    "sitepod.toml":
      '[project]\nname = "docs"\nrouting_mode = "path"\n[deploy.routing]\ndomain = "example.com"\nslug = "/docs"\n',
  });
  const deployed = await person.run(["deploy", "--prod"], { cwd: folder });
  expect(deployed.stdout.trim()).toBe(`http://example.com:${server.port}/docs/`);
  expect(await bodyAt("example.com", "/docs/")).toBe("docs");
  expect(await bodyAt("example.com")).toBe("shop");
  const { status, headers } = await fetchHost(server, "example.com", "/docs/sub");
  expect([status, headers.get("location")]).toEqual([307, "/docs/sub/"]);

  await writeTree(folder, { "index.html": "docs beta" });
  const beta = await person.run(["deploy"], { cwd: folder });
  expect(beta.stdout.trim()).toBe(`http://example.com:${server.port}/docs/?env=beta`);
  const chosen = await fetchHost(server, "example.com", "/docs/?env=beta");
  const cookie = chosen.headers.getSetCookie()[0]!.split(";")[0]!;
  expect(await (await fetchHost(server, "example.com", "/docs/", { headers: { Cookie: cookie } })).text()).toBe(
    "docs beta",
  );
  expect(await bodyAt("example.com", "/docs/")).toBe("docs");
});

test("a token that may only deploy is enough once the path is there", async () => {
  const folder = join(person.home, "docs");
  const created = await person.run(["token", "create", "ci", "--name", "docs", "--json"]);
  const { token } = created.json as { token: string };
  await writeTree(folder, { "index.html": "docs" });
  const deployed = await person.run(["deploy", "--prod"], { cwd: folder, env: { SITEPOD_TOKEN: token } });
  expect([deployed.code, deployed.stdout.trim()]).toEqual([0, `http://example.com:${server.port}/docs/`]);
});

test("a deploy to a domain that is not verified yet says so, and shows the site's own address", async () => {
  const folder = join(person.home, "later");
  await writeTree(folder, {
    "index.html": "later",
    "sitepod.toml":
      '[project]\nname = "later"\nrouting_mode = "path"\n[deploy.routing]\ndomain = "later.example"\nslug = "/x"\n',
  });
  const { code, stdout, stderr } = await person.run(["deploy", "--prod"], { cwd: folder });
  expect([code, stdout.trim()]).toEqual([0, `http://later.sites.test:${server.port}`]);
  expect(stderr).toContain("later.example/x is not served yet");
  expect((await fetchHost(server, "later.example", "/x/")).status).toBe(404);
});

test("domains follow a rename, and stay after a restart", async () => {
  await succeed("domain", "rename", "store", "--name", "shop");
  expect(await bodyAt("example.com")).toBe("shop");
  expect(await bodyAt("any.example.org")).toBe("shop");
  await server.stop();
  await using again = await startServer({ data: server.data, env: { SITEPOD_DNS_SERVER: dns.address } });
  expect(await (await fetchHost(again, "example.com", "/docs/")).text()).toBe("docs");
  await again.stop();
  server = cleanup.use(
    await startServer({ data: server.data, port: server.port, env: { SITEPOD_DNS_SERVER: dns.address } }),
  );
});

test("a domain that is removed is served no more", async () => {
  const unclear = await person.run(["domain", "remove", "example.com", "-y"]);
  expect([unclear.code, unclear.stderr]).toEqual([1, expect.stringContaining("Say which with --slug")]);
  await succeed("domain", "remove", "example.com", "--slug", "/", "-y");
  expect((await fetchHost(server, "example.com", "/")).status).toBe(404);
  expect(await bodyAt("example.com", "/docs/")).toBe("docs");
  await succeed("domain", "remove", "example.com", "-y");
  expect((await fetchHost(server, "example.com", "/docs/")).status).toBe(404);
});

test("a deleted site is on no domain until it is restored, and leaves none behind when it goes for good", async () => {
  const statuses = async () =>
    await Promise.all(
      ["any.example.org", "www.example.com"].map(async (host) => (await fetchHost(server, host, "/")).status),
    );
  const before = await statuses();
  await succeed("delete", "shop", "-y");
  expect(await statuses()).toEqual([404, 404]);
  await succeed("restore", "shop");
  expect(await statuses()).toEqual(before);
  await succeed("delete", "shop", "--now", "-y");
  expect((await fetchHost(server, "any.example.org", "/")).status).toBe(404);
  expect((await fetchHost(server, "www.example.com", "/")).status).toBe(404);
});
