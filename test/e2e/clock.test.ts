import { expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";
import { waitUntil } from "../harness/wait-until.ts";

/** Debian's libfaketime, which answers in the place of the system's clock. */
const FAKETIME = `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/faketime/libfaketime.so.1`;
const isMissing = !(await Bun.file(FAKETIME).exists());

test.skipIf(isMissing)(
  `a clock that is set a day forward and two back loses no release, no ref and no login${isMissing ? " (skipped: libfaketime is not installed)" : ""}`,
  async () => {
    await using folder = await temporaryFolder();
    const clock = join(folder.path, "clock");
    const setClock = (offset: string) => writeFile(clock, offset);
    await setClock("+0");
    const env = {
      LD_PRELOAD: FAKETIME,
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: "1",
      DONT_FAKE_MONOTONIC: "1",
    };
    await using server = await startServer({ env, data: join(folder.path, "data") });
    const { token } = await register(server.url);
    const client = deployClient({ endpoint: server.url, token });
    const shown = async (host = "shop") => await (await fetchHost(server, `${host}.${server.domain}`, "/")).text();
    const acknowledged: string[] = [];
    const deploy = async (name: string) => {
      acknowledged.push((await client.deploy("shop", { "index.html": name }, "prod")).version!);
      await waitUntil("it is served", async () => (await shown()) === name);
    };
    const createdAt = async (version: string) =>
      Date.parse((await Bun.file(join(server.data, "releases", "shop", `${version}.json`)).json()).created_at);
    await deploy("today");
    const begun = await client.plan("shop", { "index.html": "begun today" });
    await client.upload(begun, { "index.html": "begun today" });

    await setClock("+25h");
    await deploy("tomorrow");
    expect((await createdAt("v2")) - (await createdAt("v1"))).toBeGreaterThan(24 * 60 * 60 * 1000);
    // A day later a plan has expired, and says so.
    expect(await client.commit(begun).catch((error: unknown) => error)).toMatchObject({ status: 410 });

    await setClock("-25h");
    await deploy("yesterday");
    expect((await createdAt("v3")) < (await createdAt("v1"))).toBe(true);
    await client.rollback("shop", "prod", { version: "v1" });
    await waitUntil("it is served", async () => (await shown()) === "today");
    expect(acknowledged).toEqual(["v1", "v2", "v3"]);
    for (const [i, name] of ["today", "tomorrow", "yesterday"].entries())
      expect(await shown(`shop--v${i + 1}`)).toBe(name);

    await setClock("+0");
    await deploy("today again");
    await using operator = await commandLine({ by: "executable" });
    const fsck = await operator.run(["server", "fsck", "--data", server.data]);
    expect([fsck.code, fsck.stdout]).toEqual([0, expect.stringContaining("All is whole.")]);
  },
);
