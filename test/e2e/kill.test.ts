import { expect, test } from "bun:test";
import type { Api } from "#wire";
import { register } from "../harness/account.ts";
import { deployOnce, type Ledger, newLedger, STEPS, type Step, workUntilKilled } from "../harness/crash-client.ts";
import { dataCheck } from "../harness/data-check.ts";
import { type DeployClient, deployClient } from "../harness/deploy-client.ts";
import { type Random, randomFrom } from "../harness/random.ts";
import { type Server, startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";

const rounds = Number(process.env.SITEPOD_CRASH_ROUNDS ?? 50);
const seed = Number(process.env.SITEPOD_CRASH_SEED ?? Math.floor(Math.random() * 2 ** 32));
const SITES = 4;
/** The kill falls on one of so many steps of its kind, and at most so long after the step's beginning. */
const STEPS_BEFORE_KILL = 6;
const KILL_AFTER_MS = 12;

/** Lets all sites deploy and roll back at once and kills the server within a step of the wanted kind. */
async function crash(server: Server, client: DeployClient, ledgers: Ledger[], wanted: Step, random: Random) {
  const reached = Promise.withResolvers<void>();
  let stepsLeft = 1 + Math.floor(random.below(STEPS_BEFORE_KILL));
  const begin = (step: Step) => {
    if (step === wanted && --stepsLeft === 0) reached.resolve();
  };
  const work = Promise.all(ledgers.map((ledger) => workUntilKilled(client, ledger, random, begin)));
  await Promise.race([reached.promise, work]);
  await Bun.sleep(random.below(KILL_AFTER_MS));
  await server.kill();
  await work;
}

const readPage = async (server: Server, host: string): Promise<string> =>
  await (await fetchHost(server, `${host}.${server.domain}`, "/")).text();

/** Lists what the server acknowledged about a site and does not know after its restart. */
async function findLosses(server: Server, client: DeployClient, ledger: Ledger, random: Random): Promise<string[]> {
  const { site, releases, prod, asked } = ledger;
  const [first, ...others] = releases.keys();
  if (first === undefined) return [];
  const losses: string[] = [];
  const { items } = await client.call<Api.History>("GET", `/history?project=${site}&limit=500`);
  const known = new Map(items.map((item) => [item.version, item]));
  const oldest = Number(items.at(-1)?.version.slice(1));
  for (const [version, { committed }] of releases) {
    const item = known.get(version);
    const isSame = item?.image_id === committed.image_id && item.content_hash === committed.content_hash;
    if (!isSame && Number(version.slice(1)) >= oldest) losses.push(`${site} ${version} is lost`);
  }
  const version = random.pick([first, ...others]);
  const page = await readPage(server, `${site}--${version}`);
  if (page !== releases.get(version)?.page) losses.push(`${site}--${version} says ${page}`);
  if (prod.move === 0 && asked === undefined) return losses;

  // A move without an answer may have happened or not; what it may not have done is anything else.
  const current = await client
    .call<Api.Current>("GET", `/current?project=${site}&environment=prod`)
    .catch(() => ({ version: "", pointer_version: 0 }));
  const isAcknowledged = current.pointer_version === prod.move && current.version === prod.version;
  const isAsked = current.pointer_version === prod.move + 1 && current.version === asked;
  if (!isAcknowledged && !isAsked) {
    losses.push(
      `${site} is at move ${current.pointer_version}, ${current.version}; acknowledged was ${prod.move}, ${prod.version}`,
    );
  }
  ledger.prod = { version: current.version, move: current.pointer_version };
  ledger.asked = undefined;
  const served = current.version === "" ? "" : await readPage(server, site);
  if (served !== (releases.get(current.version)?.page ?? "")) losses.push(`${site} serves ${served}`);
  return losses;
}

test(`killed ${rounds} times while four sites deploy and roll back, the server loses nothing that it acknowledged`, async () => {
  process.stdout.write(`${rounds} kills; repeat their choices by SITEPOD_CRASH_SEED=${seed}\n`);
  const random = randomFrom(seed);
  await using folder = await temporaryFolder();
  await using first = await startServer({ data: folder.path });
  const { token } = await register(first.url);
  await first.kill();

  const ledgers = Array.from({ length: SITES }, (_, i) => newLedger(`site${i}`));
  const findFaults = dataCheck(folder.path);
  for (let round = 0; round < rounds; round++) {
    const wanted = STEPS[round % STEPS.length]!;
    {
      await using server = await startServer({ data: folder.path });
      await crash(server, deployClient({ endpoint: server.url, token }), ledgers, wanted, random);
    }
    expect({ round, wanted, faults: await findFaults() }).toEqual({ round, wanted, faults: [] });

    await using restarted = await startServer({ data: folder.path });
    const client = deployClient({ endpoint: restarted.url, token });
    const losses = await Promise.all(ledgers.map((ledger) => findLosses(restarted, client, ledger, random)));
    expect({ round, wanted, losses: losses.flat() }).toEqual({ round, wanted, losses: [] });
    const ledger = ledgers[round % SITES]!;
    await deployOnce(client, ledger, () => {});
    expect(await readPage(restarted, ledger.site)).toBe(ledger.releases.get(ledger.prod.version)?.page ?? "");
    await restarted.kill();
  }

  await using last = await startServer({ data: folder.path });
  await deployClient({ endpoint: last.url, token }).call("POST", "/gc");
  expect(await dataCheck(folder.path)()).toEqual([]);
  const releases = ledgers.reduce((total, ledger) => total + ledger.releases.size, 0);
  expect(releases).toBeGreaterThan(rounds);
  process.stdout.write(`${releases} releases acknowledged, none lost\n`);
});
