import { expect, test } from "bun:test";
import { copyFile, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { $ } from "bun";
import type { Api } from "#wire";
import { register } from "../harness/account.ts";
import { type CommandLine, commandLine } from "../harness/command-line.ts";
import { dataCheck } from "../harness/data-check.ts";
import { deployClient, type SiteFiles } from "../harness/deploy-client.ts";
import { listTree } from "../harness/file-tree.ts";
import { type Server, startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";

/** What each release of the site holds. */
const RELEASES: readonly SiteFiles[] = [
  { "index.html": "one", "shared.css": "body{}", "empty.txt": "" },
  { "index.html": "two", "shared.css": "body{}", "film.bin": "a long film ".repeat(100_000) },
  { "index.html": "three", "ü/ö.html": "<p>umlauts" },
];

async function expectServed(server: Server, label: string): Promise<void> {
  for (const [i, files] of RELEASES.entries()) {
    for (const [path, content] of Object.entries(files)) {
      const clean = path.replace(/(?:index)?\.html$/, "");
      const shown = await fetchHost(server, `${label}--v${i + 1}.${server.domain}`, `/${encodeURI(clean)}`);
      expect([i, path, shown.status]).toEqual([i, path, 200]);
      expect((await shown.text()) === content).toBe(true);
    }
  }
}

/** A server with somebody's site on it, in three releases: beta at the third, prod at the second. */
async function startFull() {
  await using cleanup = new AsyncDisposableStack();
  const server = cleanup.use(await startServer());
  const { token } = await register(server.url);
  const client = deployClient({ endpoint: server.url, token });
  for (const files of RELEASES) {
    const plan = await client.plan("shop", files);
    await client.upload(plan, files);
    await client.commit(plan, `with ${files["index.html"]}`);
    await client.release("shop", "beta");
  }
  await client.release("shop", "prod", { version: "v2" });
  const person = cleanup.use(await commandLine({ endpoint: server.url, token }));
  const owned = cleanup.move();
  return { server, client, person, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function startEmpty() {
  await using cleanup = new AsyncDisposableStack();
  const server = cleanup.use(await startServer());
  const { token } = await register(server.url);
  const person = cleanup.use(await commandLine({ endpoint: server.url, token }));
  const client = deployClient({ endpoint: server.url, token });
  const owned = cleanup.move();
  return { server, client, person, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function mustRun(person: CommandLine, args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await person.run([...args, "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

/** What of an import could be left on a server: blobs, staged contents, documents. */
async function listLeft(server: Server): Promise<string[]> {
  const files = await listTree(server.data);
  return files.filter((path) => /^(?:blobs|uploads\/import|imports|sites|releases|refs|tmp)\//.test(path));
}

test("a site goes to another server with its releases, their numbers, times and messages, and what its environments show", async () => {
  await using folder = await temporaryFolder();
  await using from = await startFull();
  await using to = await startEmpty();
  const file = join(folder.path, "shop.oci.tar");
  expect(await mustRun(from.person, ["export", "shop", "--output", file])).toMatchObject({
    releases: 3,
    project: "shop",
  });
  expect(await mustRun(to.person, ["import", file])).toMatchObject({ project: "shop", releases: 3 });
  await expectServed(to.server, "shop");
  for (const [label, page] of [
    ["shop", "two"],
    ["shop-beta", "three"],
  ]) {
    expect(await (await fetchHost(to.server, `${label}.${to.server.domain}`, "/")).text()).toBe(page!);
  }
  const kept = ({ items }: Api.History) =>
    items.map(({ version, message, content_hash, created_at, files_count, total_size }) => ({
      version,
      message,
      content_hash,
      created_at,
      files_count,
      total_size,
    }));
  const history = "/history?project=shop";
  expect(kept(await to.client.call("GET", history))).toEqual(kept(await from.client.call("GET", history)));
  expect(await dataCheck(to.server.data)()).toEqual([]);
  // The next deploy sends only what is new, and has the next number.
  const next = { ...RELEASES[1]!, "index.html": "four" };
  expect((await to.client.plan("shop", next)).missing.map(({ path }) => path)).toEqual(["index.html"]);
  expect(await to.client.deploy("shop", next, "prod")).toMatchObject({ version: "v4" });
  // The same site is the same archive, wherever it is.
  const [again, back] = [join(folder.path, "again.tar"), join(folder.path, "back.tar")];
  await mustRun(from.person, ["export", "shop", "--output", again]);
  expect((await readFile(again)).equals(await readFile(file))).toBe(true);
  await using third = await startEmpty();
  await mustRun(third.person, ["import", file]);
  await mustRun(third.person, ["export", "shop", "--output", back]);
  expect((await readFile(back)).equals(await readFile(file))).toBe(true);
});

test("the archive is an OCI image layout that other programs read and check", async () => {
  await using folder = await temporaryFolder();
  await using from = await startFull();
  const file = join(folder.path, "shop.oci.tar");
  await mustRun(from.person, ["export", "shop", "--output", file]);
  await $`tar -xf ${file} -C ${folder.path}`.quiet();
  for (const path of await listTree(join(folder.path, "blobs/sha256"))) {
    const sum = await $`sha256sum ${join(folder.path, "blobs/sha256", path)}`.text();
    expect(sum.split(" ")[0]).toBe(path);
  }
  const index = JSON.parse(await readFile(join(folder.path, "index.json"), "utf8"));
  expect(index.manifests.map((manifest: { annotations: object }) => manifest.annotations)).toEqual(
    [1, 2, 3].map((number) => ({ "org.opencontainers.image.ref.name": `v${number}` })),
  );
  // Written anew by tar, in another order, it is the same site.
  await $`tar --format=gnu -cf ${join(folder.path, "other.tar")} -C ${folder.path} ./index.json ./blobs ./oci-layout`.quiet();
  await using to = await startEmpty();
  await mustRun(to.person, ["import", join(folder.path, "other.tar"), "--name", "store"]);
  await expectServed(to.server, "store");
});

test("a broken archive is refused, and leaves nothing behind", async () => {
  await using folder = await temporaryFolder();
  await using from = await startFull();
  await using to = await startEmpty();
  const [file, broken] = [join(folder.path, "shop.oci.tar"), join(folder.path, "broken.tar")];
  await mustRun(from.person, ["export", "shop", "--output", file]);
  const before = await listLeft(to.server);
  const bytes = await readFile(file);
  const at = bytes.indexOf("a long film") + 5000;
  const cases: [what: string, damage: () => Promise<unknown>][] = [
    [
      "a bit is flipped",
      () =>
        writeFile(
          broken,
          bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)),
        ),
    ],
    ["its end is cut off", () => truncate(broken, bytes.length - 5000)],
    ["half of it is missing", () => truncate(broken, bytes.length / 2)],
    ["it is something else", () => writeFile(broken, "something else".repeat(100))],
    ["it is empty", () => writeFile(broken, "")],
  ];
  for (const [what, damage] of cases) {
    await copyFile(file, broken);
    await damage();
    const { code, stderr } = await to.person.run(["import", broken]);
    expect([what, code, stderr]).toEqual([what, 1, expect.stringContaining("is not a whole archive of a site")]);
  }
  expect(await listLeft(to.server)).toEqual(before);
  expect(await to.client.call<Api.Project[]>("GET", "/projects")).toEqual([]);
});

test("a site that is there already, a name of somebody else's and a file that is not there are refused", async () => {
  await using folder = await temporaryFolder();
  await using from = await startFull();
  const file = join(folder.path, "shop.oci.tar");
  await mustRun(from.person, ["export", "shop", "--output", file]);
  const again = await from.person.run(["import", file]);
  expect([again.code, again.stderr]).toEqual([5, expect.stringContaining('You have a site "shop" already')]);
  expect((await from.person.run(["import", join(folder.path, "none.tar")])).code).toBe(4);
  const there = await from.person.run(["export", "shop", "--output", file]);
  expect([there.code, there.stderr]).toEqual([5, expect.stringContaining("is there already")]);
  expect((await from.person.run(["export", "nothing", "--output", join(folder.path, "x")])).code).toBe(4);
  expect(await listTree(folder.path)).toEqual(["shop.oci.tar"]);
});

test("what was protected is closed where it is imported, until it gets a password there", async () => {
  await using folder = await temporaryFolder();
  await using from = await startFull();
  await using to = await startEmpty();
  const file = join(folder.path, "shop.oci.tar");
  await from.client.call("PUT", "/access", { project: "shop", environment: "prod", password: "of the first server" });
  await mustRun(from.person, ["export", "shop", "--output", file]);
  const bytes = await readFile(file);
  expect(bytes.includes("argon2id")).toBe(false);
  const imported = await to.person.run(["import", file]);
  expect([imported.code, imported.stderr]).toEqual([0, expect.stringContaining("closed to all")]);
  const statusOf = async (label: string) => (await fetchHost(to.server, `${label}.${to.server.domain}`, "/")).status;
  expect([await statusOf("shop"), await statusOf("shop--v1"), await statusOf("shop-beta")]).toEqual([401, 401, 200]);
});

test("a content that is damaged at the server breaks the export off, and no file is left", async () => {
  await using folder = await temporaryFolder();
  await using from = await startFull();
  const [blob] = (await listTree(join(from.server.data, "blobs"))).slice(-1);
  const path = join(from.server.data, "blobs", blob!);
  const bytes = await readFile(path);
  await writeFile(
    path,
    bytes.map((byte) => byte ^ 1),
  );
  const { code } = await from.person.run(["export", "shop", "--output", join(folder.path, "shop.oci.tar")]);
  expect(code).not.toBe(0);
  expect(await listTree(folder.path)).toEqual([]);
});
