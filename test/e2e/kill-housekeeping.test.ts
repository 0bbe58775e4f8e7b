import { expect, test } from "bun:test";
import { inspectDiskStore } from "#store";
import type { Api } from "#wire";
import { register } from "../harness/account.ts";
import { dataCheck } from "../harness/data-check.ts";
import { type DeployClient, deployClient } from "../harness/deploy-client.ts";
import { faultsOf } from "../harness/killed-place.ts";
import { KILLS, killRandom, killRounds } from "../harness/kill-rounds.ts";
import { type Server, startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";

const renames = killRounds(KILLS.renames.disk);
const collections = killRounds(KILLS.garbage.disk);
const random = killRandom();
/** A rename and a garbage collection of these sites take about so long. */
const KILL_AFTER_MS = 25;

async function startWith(data: string, token: string): Promise<{ server: Server; client: DeployClient }> {
  const server = await startServer({ data, flags: ["--asset-survival-hours", "0"] });
  return { server, client: deployClient({ endpoint: server.url, token }) };
}

async function firstToken(data: string): Promise<string> {
  await using server = await startServer({ data });
  return (await register(server.url)).token;
}

const findFaults = async (data: string) => await faultsOf(data, inspectDiskStore(data));

/** Lets the work begin, kills the server a moment later, and tells whether the work was acknowledged before. */
async function killDuring(server: Server, work: Promise<unknown>): Promise<boolean> {
  const acknowledged = work.then(
    () => true,
    () => false,
  );
  await Bun.sleep(random.below(KILL_AFTER_MS));
  await server.kill();
  return await acknowledged;
}

test(`killed ${renames} times while a site is renamed, the server has it whole under one name, and the other leads there`, async () => {
  await using folder = await temporaryFolder();
  const token = await firstToken(folder.path);
  let label = "roaming";
  for (let round = 0; round < renames; round++) {
    const wanted = `name${round}`;
    const before = await startWith(folder.path, token);
    await using first = before.server;
    const page = `page ${round}`;
    const { version, image_id } = await before.client.deploy("roaming", { "index.html": page }, "prod");
    await before.client.release("roaming", "beta");
    await before.client.preview("roaming", image_id, "look");
    const rename = before.client.call("PUT", "/domains/rename?project=roaming", { new_subdomain: wanted });
    const isRenamed = await killDuring(first, rename);
    expect(await findFaults(folder.path)).toEqual([]);

    const after = await startWith(folder.path, token);
    await using second = after.server;
    const { subdomain } = await after.client.call<Api.Project>("GET", "/projects/roaming");
    expect(isRenamed ? [wanted] : [label, wanted]).toContain(subdomain);
    const other = subdomain === wanted ? label : wanted;
    for (const suffix of ["", "-beta", "--look", `--${version}`]) {
      const shown = await fetchHost(second, `${subdomain}${suffix}.${second.domain}`, "/");
      expect([suffix, shown.status, await shown.text()]).toEqual([suffix, 200, page]);
      const elsewhere = await fetchHost(second, `${other}${suffix}.${second.domain}`, "/");
      expect([404, 308]).toContain(elsewhere.status);
      if (subdomain === wanted || elsewhere.status === 308) {
        expect(elsewhere.headers.get("Location")).toBe(`//${subdomain}${suffix}.${second.domain}/`);
      }
    }
    label = subdomain;
    await second.kill();
  }
});

/** Lists the releases of a site whose permanent address does not answer as the history says. */
async function findStrangers({ server, client }: { server: Server; client: DeployClient }, site: string) {
  const { items } = await client.call<Api.History>("GET", `/history?project=${site}&limit=500`);
  const answers = items.map(async ({ version, removed_at }) => {
    const { status } = await fetchHost(server, `${site}--${version}.${server.domain}`, "/");
    return status === (removed_at ? 410 : 200) ? [] : [`${version} ${status}`];
  });
  return (await Promise.all(answers)).flat();
}

test(`killed ${collections} times while garbage is collected beside deploys, the server has all that is named`, async () => {
  await using folder = await temporaryFolder();
  const token = await firstToken(folder.path);
  for (let round = 0; round < collections; round++) {
    const { server, client } = await startWith(folder.path, token);
    await using first = server;
    const kept = { "index.html": `kept ${round}`, "shared.txt": "shared by all" };
    for (const more of ["a", "b", "c"])
      await client.deploy("kept", { ...kept, "more.txt": `${more} ${round}` }, "prod");
    await client.call("PUT", "/projects/kept/retention", { keep_releases: 2 });
    await client.deploy("gone", { "index.html": `gone ${round}`, "shared.txt": "shared by all" }, "prod");
    await client.call("DELETE", "/projects/gone?for_good=true");
    const deploys = [1, 2, 3].map((i) =>
      client.deploy(`new${i}`, { "index.html": `gone ${round}`, "a.txt": `${i}` }, "prod"),
    );
    await killDuring(first, Promise.allSettled([client.call("POST", "/gc"), ...deploys]));
    expect(await findFaults(folder.path)).toEqual([]);

    const after = await startWith(folder.path, token);
    await using second = after.server;
    await Promise.all([
      after.client.call("POST", "/gc"),
      after.client.deploy("gone", { "index.html": `gone ${round}` }, "prod"),
    ]);
    expect(await dataCheck(folder.path)()).toEqual([]);
    expect(await findStrangers(after, "kept")).toEqual([]);
    for (const [label, text] of [
      ["kept", `kept ${round}`],
      ["gone", `gone ${round}`],
    ]) {
      expect(await (await fetchHost(second, `${label}.${second.domain}`, "/")).text()).toBe(text ?? "");
    }
    await second.kill();
  }
});
