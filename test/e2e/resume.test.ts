import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hashBytes } from "#store";
import { callApi, register } from "../harness/account.ts";
import { type CommandLine, commandLine } from "../harness/command-line.ts";
import { dataCheck } from "../harness/data-check.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { executable } from "../harness/repository.ts";
import { startProcess } from "../harness/running-process.ts";
import { type Server, startServer } from "../harness/server.ts";
import { type TemporaryFolder, temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";
import { waitUntil } from "../harness/wait-until.ts";

const LIMITS = { SITEPOD_MAX_FILES_PER_DEPLOY: "100000", SITEPOD_MAX_FILE_SIZE: String(2 ** 30) };
const MIB = 1024 * 1024;

let folder: TemporaryFolder;
let server: Server;
let token: string;
let person: CommandLine;

async function start(): Promise<void> {
  server = await startServer({ data: join(folder.path, "data"), env: LIMITS });
  token ??= (await register(server.url)).token;
  person = await commandLine({ endpoint: server.url, token });
}

beforeAll(async () => {
  folder = await temporaryFolder();
  await start();
});

afterAll(async () => {
  await person[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function restart(): Promise<void> {
  await server.kill();
  await server[Symbol.asyncDispose]();
  await person[Symbol.asyncDispose]();
  await start();
}

async function makeSite(name: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const site = join(folder.path, name);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(site, path, ".."), { recursive: true });
    await writeFile(join(site, path), content);
  }
  return site;
}

const deploy = async (site: string, name: string, env: Record<string, string> = {}) => {
  const result = await person.run(["deploy", site, "--prod", "--name", name, "--yes"], { env });
  if (result.code !== 0) throw new Error(result.stderr);
  return result.stderr;
};

test("what had arrived when the server was killed is not sent again, and how much that is, is told", async () => {
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`page-${i}.html`, `page ${i}`.padEnd(1000)]));
  const site = await makeSite("killed", files);
  const half = Object.fromEntries(Object.entries(files).slice(0, 200));
  const client = deployClient({ endpoint: server.url, token });
  await client.uploadBatch(await client.plan("killed", half), half);
  await restart();
  const told = await deploy(site, "killed");
  expect(told).toContain("Resumed     200 files, 200 KB had arrived before and need not be sent again");
  expect(told).toMatch(/Uploaded {4}100 files, 100 KB/);
  expect(await dataCheck(server.data)()).toEqual([]);
  expect(await (await fetchHost(server, `killed.${server.domain}`, "/page-7")).text()).toStartWith("page 7 ");
});

test("a large file goes on at the part where everything was killed in the middle of it", async () => {
  const large = new Uint8Array(200 * MIB);
  for (let i = 0; i < large.length; i += 4096) large[i] = (i / 4096) % 251;
  const site = await makeSite("large", { "index.html": "large", "film.bin": large });
  const digest = hashBytes(large);
  const env = { HOME: person.home, SITEPOD_ENDPOINT: server.url, SITEPOD_TOKEN: token };
  const command = [executable, "deploy", site, "--name", "large", "--yes"];
  await using sender = startProcess(command, { cwd: folder.path, env });
  const staged = () =>
    new Bun.Glob(`uploads/*/${digest}.part`).scanSync({ cwd: server.data }).next().value as string | undefined;
  await waitUntil("a part has arrived", () => {
    const name = staged();
    return name !== undefined && Bun.file(join(server.data, name)).size >= 16 * MIB;
  });
  await Promise.all([sender.end("SIGKILL"), server.kill()]);
  const name = staged();
  // The whole file may have arrived just before: then there is nothing to go on with.
  const kept = name === undefined ? large.length : Bun.file(join(server.data, name)).size;
  expect(kept).toBeGreaterThanOrEqual(16 * MIB);
  await restart();
  expect(await deploy(site, "large")).toContain("Released");
  const response = await fetchHost(server, `large.${server.domain}`, "/film.bin");
  expect(hashBytes(new Uint8Array(await response.arrayBuffer()))).toBe(digest);
});

test("a token that was revoked in the middle loses nothing of what was sent with it", async () => {
  const files = { "index.html": "one", "a.txt": "two", "b.txt": "three" };
  const site = await makeSite("tokens", files);
  const made = await callApi({ endpoint: server.url, token }, "POST", "/tokens", { name: "ci", scopes: ["deploy"] });
  const first = (await made.json()) as { token: string; id: string };
  const client = deployClient({ endpoint: server.url, token: first.token });
  const plan = await client.plan("tokens", files);
  await client.uploadBatch({ ...plan, missing: plan.missing.slice(0, 2) }, files);
  await callApi({ endpoint: server.url, token }, "DELETE", `/tokens/${first.id}`);
  await expect(client.uploadBatch(plan, files)).rejects.toThrow("401");
  expect(await deploy(site, "tokens")).toContain("Resumed     2 files");
});

test("an older commit that CI deploys late is refused with its own exit code, unless it is forced", async () => {
  const site = await makeSite("stale", { "index.html": "old" });
  const ci = (time: string) => ({
    CI: "true",
    CI_COMMIT_SHA: hashBytes(Buffer.from(time)).slice(0, 40),
    CI_COMMIT_TIMESTAMP: time,
  });
  const args = ["deploy", site, "--prod", "--name", "stale", "--yes"];
  await deploy(site, "stale", ci("2026-05-02T10:00:00Z"));
  const refused = await person.run(args, { env: ci("2026-05-01T10:00:00Z") });
  expect([refused.code, refused.stderr]).toEqual([7, expect.stringContaining("prod of stale serves v1, whose commit")]);
  expect((await person.run([...args, "--force"], { env: ci("2026-05-01T10:00:00Z") })).code).toBe(0);
  expect((await person.run([...args, "--expect", "v1"])).code).toBe(7);
  expect((await person.run([...args, "--expect", "v3"])).code).toBe(0);
});

test("65,000 files are deployed, changed in one and deployed again", async () => {
  const site = join(folder.path, "many");
  for (let i = 0; i < 256; i++) await mkdir(join(site, String(i)), { recursive: true });
  for (let i = 0; i < 65_000; i++)
    await Bun.write(join(site, String(i % 256), `${i}.html`), `<h1>${i}</h1>`.padEnd(256));
  expect(await deploy(site, "many")).toContain("→ 65,000 new, 0 reused");
  await writeFile(join(site, "7", "7.html"), "changed");
  const told = await deploy(site, "many");
  expect(told).toContain("→ 1 new, 64,999 reused");
  for (const [path, content] of [
    ["/7/7", "changed"],
    ["/8/64776", await readFile(join(site, "8", "64776.html"), "utf8")],
  ] as const) {
    expect(await (await fetchHost(server, `many.${server.domain}`, path)).text()).toBe(content);
  }
});
