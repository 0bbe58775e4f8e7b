import { afterAll, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { callApi, register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import type { BackupRecord } from "#upkeep";
import type { Api } from "#wire";
import { controlPlanesAreMissing, startControlPlanes, stopObjectStore } from "../harness/control-planes.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { type Server, startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";
import { waitUntil } from "../harness/wait-until.ts";

afterAll(stopObjectStore);

/** A second. */
const OFTEN = { SITEPOD_BACKUP_EVERY: "0.0003", SITEPOD_BACKUP_KEEP: "2" };
const DAILY = { SITEPOD_BACKUP_EVERY: "24" };

async function metricOf(server: Server, name: string): Promise<number | undefined> {
  const text = await (await callApi({ endpoint: server.url }, "GET", "/metrics")).text();
  const value = new RegExp(`^${name} (.+)$`, "m").exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}

const LAST = "sitepod_backup_last_success_timestamp_seconds";

test("a server backs itself up on a schedule, tells of the last good one, and goes on from it after a restart", async () => {
  await using folder = await temporaryFolder();
  const [data, place] = [join(folder.path, "data"), join(folder.path, "backup")];
  await using server = await startServer({ data, env: { ...OFTEN, SITEPOD_BACKUP_TO: place } });
  const { token } = await register(server.url);
  await deployClient({ endpoint: server.url, token }).deploy("shop", { "index.html": "one" }, "prod");
  const describe = () => server.output();
  await waitUntil("a backup holds the site", () => /is good: 1 sites, 1 releases, 2 contents/.test(server.output()), {
    describe,
  });
  const age = Date.now() / 1000 - (await metricOf(server, LAST))!;
  expect(age).toBeLessThan(60);
  expect(await metricOf(server, "sitepod_backup_failures_total")).toBe(0);
  const told = (await (await callApi({ endpoint: server.url, token }, "GET", "/server")).json()) as Api.ServerState;
  expect(told).toMatchObject({ database: "sqlite", backups: { failures: 0 }, certificates: null });
  expect(Date.now() - Date.parse(told.backups!.last_good_at!)).toBeLessThan(60_000);
  await waitUntil("four were made", () => server.output().split("is good").length > 4, { describe });
  await server.stop();

  await using operator = await commandLine({ by: "executable" });
  const { backups } = (await operator.run(["server", "backups", place, "--json"])).json as {
    backups: { id: string }[];
  };
  // The last may have been stopped before it removed the oldest.
  expect([2, 3]).toContain(backups.length);

  await using again = await startServer({ data, env: { ...DAILY, SITEPOD_BACKUP_TO: place } });
  await waitUntil("the last one is told", () =>
    again.output().includes(`The last good backup in ${place} is ${backups[0]!.id}`),
  );
  expect(Date.now() / 1000 - (await metricOf(again, LAST))!).toBeLessThan(60);
});

test("a backup that fails is told, with the last good one, and harms nobody", async () => {
  await using folder = await temporaryFolder();
  const place = join(folder.path, "backup");
  await writeFile(place, "a file where a folder should be");
  await using server = await startServer({ env: { ...DAILY, SITEPOD_BACKUP_TO: place } });
  await waitUntil("the failure is told", () =>
    /The backup to .* failed: .*There is no good one yet/s.test(server.output()),
  );
  expect(await metricOf(server, LAST)).toBe(0);
  expect(await metricOf(server, "sitepod_backup_failures_total")).toBe(1);
  const { token } = await register(server.url);
  await deployClient({ endpoint: server.url, token }).deploy("shop", { "index.html": "one" }, "prod");
  expect(await (await fetchHost(server, `shop.${server.domain}`, "/")).text()).toBe("one");
});

test.skipIf(controlPlanesAreMissing !== undefined)(
  `two control planes on one PostgreSQL and one bucket make one backup each time ${controlPlanesAreMissing ?? ""}`,
  async () => {
    await using folder = await temporaryFolder();
    await using planes = await startControlPlanes();
    const place = join(folder.path, "backup");
    const env = { ...planes.env, SITEPOD_BACKUP_TO: place, SITEPOD_BACKUP_EVERY: "0.0008", SITEPOD_BACKUP_KEEP: "9" };
    await using first = await startServer({ env });
    await using second = await startServer({ env });
    const { token } = await register(first.url);
    await deployClient({ endpoint: second.url, token }).deploy("shop", { "index.html": "one" }, "prod");
    await using operator = await commandLine({ by: "executable" });
    const list = async () =>
      ((await operator.run(["server", "backups", place, "--json"])).json as { backups?: BackupRecord[] }).backups ?? [];
    const fourBackups = async () => {
      const backups = await list();
      return backups.length >= 4 && backups;
    };
    const made = await waitUntil("four were made", fourBackups, { timeoutMs: 180_000 });
    const times = made.map(({ created_at }) => Date.parse(created_at)).toSorted((a, b) => a - b);
    const waits = times.slice(1).map((time, i) => time - times[i]!);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(0.0008 * 60 * 60 * 1000);
    expect(made[0]).toMatchObject({ sites: 1, releases: 1, damaged: [] });
  },
);
