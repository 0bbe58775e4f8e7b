import { expect, test } from "bun:test";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { blobKey } from "#model";
import { hashBytes } from "#store";
import { register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";

const FILES = { "index.html": "the front page", "about.html": "about us" };
const digest = hashBytes(new TextEncoder().encode(FILES["index.html"]));

/** Changes one bit: the length stays, which is how disks lie. */
async function flipBit(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[0]! ^= 1;
  await writeFile(path, bytes);
}

test("fsck finds a flipped bit beside the running server; quarantined, the next deploy sends the file again", async () => {
  await using folder = await temporaryFolder();
  await using first = await startServer({ data: folder.path });
  await using operator = await commandLine({ by: "executable" });
  const { token } = await register(first.url);
  await deployClient({ endpoint: first.url, token }).deploy("shop", FILES, "prod");
  const fsck = ["server", "fsck", "--data", folder.path];
  expect(await operator.run(fsck)).toMatchObject({ code: 0, stdout: expect.stringContaining("All is whole.") });

  await flipBit(join(folder.path, blobKey(digest)));
  const told = await operator.run(fsck);
  expect(told.code).toBe(1);
  expect(told.stdout).toContain(
    `${blobKey(digest)} has another content than its name says.\n    shop prod index.html\n    shop v1 index.html\n`,
  );
  const { json, code } = await operator.run([...fsck, "--json"]);
  expect([code, json]).toMatchObject([1, { blobs: 3, left: [{ key: blobKey(digest), kind: "blob" }] }]);

  const refused = await operator.run([...fsck, "--repair"]);
  expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining("Another sitepod server uses")]);
  await first.stop();
  const repaired = await operator.run([...fsck, "--repair"]);
  expect([repaired.code, repaired.stdout]).toEqual([1, expect.stringContaining("moved to quarantine")]);

  await using second = await startServer({ data: folder.path });
  const client = deployClient({ endpoint: second.url, token });
  expect((await client.plan("shop", FILES)).missing.map(({ path }) => path)).toEqual(["index.html"]);
  await client.deploy("shop", FILES, "prod");
  expect(await (await fetchHost(second, `shop--v1.${second.domain}`, "/")).text()).toBe(FILES["index.html"]);
  expect((await operator.run(fsck)).code).toBe(0);
});

test("fsck tells a damaged database, and refuses a folder that is not there, or no server's", async () => {
  await using folder = await temporaryFolder();
  await using server = await startServer({ data: folder.path });
  await using operator = await commandLine({ by: "executable" });
  await register(server.url);
  await server.stop();
  const path = join(folder.path, "db", "sitepod.db");
  const bytes = await readFile(path);
  await writeFile(path, bytes.fill(7, 4096, 3 * 4096));
  const told = await operator.run(["server", "fsck", "--data", folder.path]);
  expect([told.code, told.stdout]).toEqual([1, expect.stringMatching(/db\/sitepod\.db .*--records-only/)]);
  for (const command of [["fsck"], ["backup", join(folder.path, "backup")]]) {
    for (const wrong of [join(folder.path, "nowhere"), operator.home]) {
      const refused = await operator.run(["server", ...command, "--data", wrong]);
      expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining("--data")]);
    }
  }
});

test("fsck repairs contents and pointers from a backup", async () => {
  await using folder = await temporaryFolder();
  const [data, place] = [join(folder.path, "data"), join(folder.path, "backup")];
  await using first = await startServer({ data });
  await using operator = await commandLine({ by: "executable" });
  const { token } = await register(first.url);
  await deployClient({ endpoint: first.url, token }).deploy("shop", FILES, "prod");
  expect((await operator.run(["server", "backup", place, "--data", data])).code).toBe(0);
  await first.stop();
  await flipBit(join(data, blobKey(digest)));
  await writeFile(join(data, "refs/shop/prod.json"), "{");
  await rm(join(data, "releases/shop/v1.json"));

  const fsck = ["server", "fsck", "--data", data];
  expect((await operator.run([...fsck, "--from", place])).code).toBe(2);
  expect((await operator.run(fsck)).code).toBe(1);
  const repaired = await operator.run([...fsck, "--repair", "--from", place, "--json"]);
  expect(repaired.code).toBe(0);
  const { repaired: outcomes, left } = repaired.json as { repaired: { outcome: string }[]; left: unknown[] };
  expect([outcomes.map(({ outcome }) => outcome), left]).toEqual([["restored", "restored", "restored"], []]);
  await using second = await startServer({ data });
  expect(await (await fetchHost(second, `shop.${second.domain}`, "/")).text()).toBe(FILES["index.html"]);
});

test("fsck tells pointers and records that are gone by what the database knows, and brings them back from a backup", async () => {
  await using folder = await temporaryFolder();
  const [data, place] = [join(folder.path, "data"), join(folder.path, "backup")];
  await using first = await startServer({ data });
  await using operator = await commandLine({ by: "executable" });
  const { token } = await register(first.url);
  const client = deployClient({ endpoint: first.url, token });
  await client.deploy("shop", { "index.html": "one" }, "prod");
  await client.deploy("shop", { "index.html": "two" }, "prod");
  expect((await operator.run(["server", "backup", place, "--data", data])).code).toBe(0);
  const lost = ["refs/shop/prod.json", "releases/shop/v1.json"];
  for (const key of lost) await rm(join(data, key));

  const fsck = ["server", "fsck", "--data", data];
  const told = await operator.run(fsck);
  expect(told.code).toBe(1);
  for (const key of lost) expect(told.stdout).toContain(`${key} is missing, and the database knows of it.`);
  await first.stop();
  // A server that starts meanwhile takes the release for removed.
  await using second = await startServer({ data });
  await second.stop();
  const repaired = await operator.run([...fsck, "--repair", "--from", place]);
  expect([repaired.code, repaired.stdout]).toEqual([0, expect.stringContaining("All is whole.")]);

  await using third = await startServer({ data });
  expect(await (await fetchHost(third, `shop.${third.domain}`, "/")).text()).toBe("two");
  await deployClient({ endpoint: third.url, token }).release("shop", "prod", { version: "v1" });
  expect(await (await fetchHost(third, `shop.${third.domain}`, "/")).text()).toBe("one");
});

test("fsck makes damaged pointers anew from the database, where there is no backup, and opens nothing that was protected", async () => {
  await using folder = await temporaryFolder();
  await using first = await startServer({ data: folder.path });
  await using operator = await commandLine({ by: "executable" });
  const { token } = await register(first.url);
  const client = deployClient({ endpoint: first.url, token });
  await client.deploy("shop", { "index.html": "one" }, "prod");
  await client.deploy("shop", { "index.html": "two" }, "prod");
  await client.rollback("shop", "prod");
  await client.deploy("shop", { "index.html": "three, of beta" }, "beta");
  await client.deploy("safe", { "index.html": "for some" }, "prod");
  await client.call("PUT", "/access", { project: "safe", environment: "prod", password: "of the site" });
  const prod = join(folder.path, "refs/shop/prod.json");
  const before = JSON.parse(await readFile(prod, "utf8")) as { version: number };
  for (const path of [prod, join(folder.path, "refs/safe/prod.json")]) await writeFile(path, "{");
  const refused = await client.release("shop", "prod", { version: "v2" }).catch((error: Error) => error.message);
  expect(refused).toContain("sitepod server fsck --repair");
  await first.stop();

  const fsck = ["server", "fsck", "--data", folder.path];
  const told = await operator.run(fsck);
  expect([told.code, told.stdout]).toEqual([1, expect.stringContaining("--repair makes pointers anew")]);
  const repaired = await operator.run([...fsck, "--repair"]);
  expect([repaired.code, repaired.stdout]).toEqual([0, expect.stringContaining("cannot be read; made anew")]);
  expect(JSON.parse(await readFile(prod, "utf8"))).toMatchObject({ release: 1, version: before.version + 1 });
  expect(await readFile(join(folder.path, "quarantine/refs/shop/prod.1.json"), "utf8")).toBe("{");

  await using second = await startServer({ data: folder.path });
  expect(await (await fetchHost(second, `shop.${second.domain}`, "/")).text()).toBe("one");
  expect((await fetchHost(second, `safe.${second.domain}`, "/")).status).toBe(401);
  const again = deployClient({ endpoint: second.url, token });
  expect(await again.release("shop", "prod", { version: "v2" })).toMatchObject({ previous_version: "v1" });
});
