import { expect, test } from "bun:test";
import { register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { startServer } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";

const flags = ["--asset-survival-hours", "0", "--keep-releases", "100"];
const env = { SITEPOD_ADMIN_TOKEN: "let-me-collect" };

test("an owner says what is kept, the operator tries and collects, and what went is told everywhere", async () => {
  await using server = await startServer({ flags, env });
  const { token } = await register(server.url);
  const client = deployClient({ endpoint: server.url, token });
  for (const page of ["one", "two", "three", "four"]) await client.deploy("shop", { "index.html": page }, "prod");
  await using owner = await commandLine({ endpoint: server.url, token, by: "executable" });
  await using operator = await commandLine({ endpoint: server.url, by: "executable" });
  const gc = (...args: string[]) => operator.run(["server", "gc", ...args], { env });
  const read = async (version: string) => {
    const shown = await fetchHost(server, `shop--${version}.${server.domain}`, "/");
    return [shown.status, await shown.text()];
  };

  expect((await owner.run(["retention", "-n", "shop"])).stdout).toBe(
    "shop keeps the 100 newest releases, as the server says.\n",
  );
  expect((await owner.run(["retention", "-n", "shop", "--keep", "2"])).stdout).toBe(
    "shop keeps the 2 newest releases.\n",
  );
  expect((await gc("--status")).stdout).toBe("Garbage was never collected.\n");
  expect(await read("v1")).toEqual([200, "one"]);

  const trial = await gc("--dry-run");
  expect([trial.code, trial.stdout]).toEqual([
    0,
    expect.stringMatching(
      /shop +v1, v2\nWould remove 2 releases and 4 of 8 contents \(.+\)\. Nothing was removed\.\n$/,
    ),
  ]);
  expect(await read("v1")).toEqual([200, "one"]);

  const collected = await gc("--json");
  expect([collected.code, collected.json]).toEqual([
    0,
    expect.objectContaining({ removed_releases: 2, deleted_blobs: 4, total_blobs: 8, dry_run: false, errors: [] }),
  ]);
  expect((await gc("--status")).stdout).toMatch(/^Done, begun .+: removed 2 releases and 4 of 8 contents/);
  expect(await read("v1")).toEqual([410, expect.stringContaining("Release removed")]);
  expect(await read("v3")).toEqual([200, "three"]);
  expect((await owner.run(["history", "-n", "shop"])).stdout).toMatch(/v2 +removed/);
  const back = await owner.run(["rollback", "-n", "shop", "--to", "v1"]);
  expect([back.code, back.stderr]).toEqual([4, expect.stringContaining("v1 of shop was removed on ")]);
  expect((await owner.run(["rollback", "-n", "shop", "--to", "v3"])).code).toBe(0);
});

test("nobody collects but the operator", async () => {
  await using server = await startServer({ flags: ["--open-sign-up"], env });
  await register(server.url);
  const { token } = await register(server.url, "ann@example.com");
  await using ann = await commandLine({ endpoint: server.url, token, by: "executable" });
  expect((await ann.run(["server", "gc"])).code).toBe(1);
  const wrong = await ann.run(["server", "gc"], { env: { SITEPOD_ADMIN_TOKEN: "guessed" } });
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("The admin token is not this server's.")]);
});
