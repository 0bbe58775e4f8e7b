import { describe, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import { dataCheck } from "../harness/data-check.ts";
import { ApiRefusal, deployClient } from "../harness/deploy-client.ts";
import { startServer } from "../harness/server.ts";
import { mountsAreMissing, mountSmallDisk } from "../harness/small-disk.ts";
import { fetchHost } from "../harness/tenant.ts";
import { waitUntil } from "../harness/wait-until.ts";

const MIB = 1024 ** 2;
const PAGE_BYTES = 4096;
const reason = mountsAreMissing === undefined ? "" : ` (skipped: ${mountsAreMissing})`;

describe.skipIf(mountsAreMissing !== undefined)(`a disk that fills up${reason}`, () => {
  test("refuses deploys before anything is written, and serves, rolls back and deletes from what is kept in reserve", async () => {
    await using disk = await mountSmallDisk(64 * MIB);
    const data = join(disk.path, "data");
    await using server = await startServer({ data, flags: ["--disk-reserve", "16MiB"] });
    const { token } = await register(server.url);
    const client = deployClient({ endpoint: server.url, token });
    for (const name of ["one", "two"]) await client.deploy("shop", { "index.html": name }, "prod");
    await client.deploy("blog", { "index.html": "a post" }, "prod");

    await disk.fill(10 * MIB);
    await using person = await commandLine({ endpoint: server.url, token });
    await Bun.write(join(person.home, "site", "index.html"), "a new site");
    const refused = await person.run(["deploy", "site", "--prod", "-n", "new"]);
    expect(refused.code).toBe(8);
    expect(refused.stderr).toMatch(/The server's disk is nearly full: 10 MiB are free, of which 16 MiB are kept in/);
    for (const request of [
      () => client.plan("shop", { "index.html": "three" }),
      () => client.call("POST", "/imports", { project: "docs" }),
    ]) {
      expect(await request().catch((error: unknown) => error)).toMatchObject({ status: 507, code: "storage_full" });
    }
    expect((await readdir(join(data, "sites"))).toSorted()).toEqual(["blog.json", "shop.json"]);

    const ready = await fetch(`${server.url}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([200, expect.stringContaining("deploys are refused")]);
    expect(await (await fetch(`${server.url}/api/v1/metrics`)).text()).toContain("\nsitepod_disk_nearly_full 1\n");
    expect(server.output()).toContain("is nearly full: 10 MiB are free, and 16 MiB are kept in reserve");
    const shown = async () => await (await fetchHost(server, `shop.${server.domain}`, "/")).text();
    expect(await shown()).toBe("two");
    await client.rollback("shop", "prod", { version: "v1" });
    expect(await shown()).toBe("one");
    await client.call("DELETE", "/projects/blog");

    await disk.empty();
    expect((await person.run(["deploy", "site", "--prod", "-n", "new"])).code).toBe(0);
    expect(server.output()).toContain("has room again");
    const fsck = await person.run(["server", "fsck", "--data", data]);
    expect([fsck.code, fsck.stdout]).toEqual([0, expect.stringContaining("All is whole.")]);
  });

  test("is answered 507 wherever it becomes full, and leaves nothing half", async () => {
    await using disk = await mountSmallDisk(48 * MIB);
    const data = join(disk.path, "data");
    await using server = await startServer({ data, flags: ["--disk-reserve", "0"] });
    const { token } = await register(server.url);
    const client = deployClient({ endpoint: server.url, token });
    const check = dataCheck(data);
    const acknowledged = new Map<string, string>();
    const refusals: string[] = [];
    const deploy = async (round: number) => {
      const name = `round ${round}`;
      const files = {
        "index.html": name,
        "small.bin": Uint8Array.from(randomBytes(3000)),
        "large.bin": Uint8Array.from(randomBytes(300_000)),
      };
      const { version } = await client.deploy("shop", files, "prod");
      acknowledged.set(version!, name);
    };
    const requireWhole = async () => {
      expect(await check()).toEqual([]);
      for (const [version, name] of acknowledged) {
        expect(await (await fetchHost(server, `shop--${version}.${server.domain}`, "/")).text()).toBe(name);
      }
    };
    await deploy(0);

    // From no page free to more than enough.
    for (let pages = 0; pages < 200; pages += pages < 16 ? 1 : 8) {
      await disk.fill(pages * PAGE_BYTES);
      await deploy(pages + 1).catch((error: unknown) => {
        if (!(error instanceof ApiRefusal)) throw error;
        refusals.push(`${error.status} ${error.code}`);
      });
      await requireWhole();
    }
    expect(new Set(refusals)).toEqual(new Set(["507 storage_full"]));
    expect(refusals.length).toBeGreaterThan(10);
    expect(acknowledged.size).toBeGreaterThan(3);

    await disk.empty();
    await deploy(1000);
    await requireWhole();
    await waitUntil("nothing is left aside", async () => (await readdir(join(data, "tmp"))).length === 0);
    await using operator = await commandLine({ by: "executable" });
    const fsck = await operator.run(["server", "fsck", "--data", data]);
    expect([fsck.code, fsck.stdout]).toEqual([0, expect.stringContaining("All is whole.")]);
    process.stdout.write(`a full disk: ${acknowledged.size} deploys acknowledged, ${refusals.length} refused\n`);
  });
});
