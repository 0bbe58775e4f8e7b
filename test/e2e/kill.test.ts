import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Api } from "#wire";
import {
  collectUntilKilled,
  deployOnce,
  type Ledger,
  newLedger,
  STEPS,
  type Step,
  workUntilKilled,
} from "../harness/crash-client.ts";
import { type DeployClient, deployClient } from "../harness/deploy-client.ts";
import { KILLS, killRandom, killRounds, type KillTally, killTally } from "../harness/kill-rounds.ts";
import { type KilledPlace, type KilledPlaces, killedPlaces } from "../harness/killed-place.ts";
import type { Random } from "../harness/random.ts";
import type { Server } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";
import { startS3Lab } from "../lab/s3-lab.ts";

const SITES = 3;
/** The kill falls on one of so many steps of its kind, and at most so long after the step's beginning. */
const STEPS_BEFORE_KILL = 4;
const KILL_AFTER_MS = 8;
/** So often a server begins anew with nothing: reading all of it after each kill takes longer the more there is. */
const ROUNDS_A_PLACE = 12;

const lab = await startS3Lab();
afterAll(lab.stop);
let places: KilledPlaces;
beforeAll(async () => {
  places = await killedPlaces();
});
afterAll(() => places[Symbol.asyncDispose]());

/**
 * Lets all sites deploy and roll back at once beside garbage collection, and kills the server within a step of the wanted
 * kind. Returns what was under way.
 */
async function crash(server: Server, client: DeployClient, ledgers: Ledger[], wanted: Step, random: Random) {
  const reached = Promise.withResolvers<void>();
  const underWay = new Map<number, Step>();
  let stepsLeft = 1 + Math.floor(random.below(wanted === "gc" ? 1 : STEPS_BEFORE_KILL));
  const begin = (worker: number) => (step: Step) => {
    underWay.set(worker, step);
    if (step === wanted && --stepsLeft === 0) reached.resolve();
  };
  const deploying = ledgers.map((ledger, i) => workUntilKilled(client, ledger, random, begin(i)));
  const work = Promise.all([...deploying, collectUntilKilled(client, begin(SITES))]);
  await Promise.race([reached.promise, work]);
  await Bun.sleep(random.below(KILL_AFTER_MS));
  const steps = [...underWay.values()];
  await server.kill();
  await work;
  return steps;
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
  losses.push(...(await findUntold(client, site, items)));
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

/** Lists what the audit log does not tell once: each release that there is, and each move of prod. */
async function findUntold(client: DeployClient, site: string, items: Api.History["items"]): Promise<string[]> {
  const targetsOf = async (action: string) => {
    const path = `/audit?project=${site}&action=${action}&limit=500`;
    return (await client.call<Api.AuditList>("GET", path)).events.map(({ target }) => target ?? "");
  };
  const told = (await targetsOf("release.create")).toSorted();
  const there = items.map(({ version }) => version).toSorted();
  const moves = (await targetsOf("environment.*")).filter((target) => target.startsWith("prod ")).length;
  const current = await client
    .call<Api.Current>("GET", `/current?project=${site}&environment=prod`)
    .catch(() => ({ pointer_version: 0 }));
  return [
    ...(told.join() === there.join() ? [] : [`${site} has ${there}, and the log tells of ${told}`]),
    ...(moves === current.pointer_version
      ? []
      : [`${site} has ${current.pointer_version} moves, and the log ${moves}`]),
  ];
}

/** Kills servers on one place so many times, the steps in turn. Returns how many releases were acknowledged. */
async function killOn(place: KilledPlace, rounds: number, random: Random, tally: KillTally): Promise<number> {
  const ledgers = Array.from({ length: SITES }, (_, i) => newLedger(`site${i}`));
  let server = await place.start();
  try {
    for (let round = 0; round < rounds; round++) {
      const wanted = STEPS[round % STEPS.length]!;
      const client = deployClient({ endpoint: server.url, token: place.token });
      tally.add(await crash(server, client, ledgers, wanted, random));
      expect({ round, wanted, faults: await place.findFaults() }).toEqual({ round, wanted, faults: [] });

      await server[Symbol.asyncDispose]();
      server = await place.start();
      const again = deployClient({ endpoint: server.url, token: place.token });
      const losses = await Promise.all(ledgers.map((ledger) => findLosses(server, again, ledger, random)));
      expect({ round, wanted, losses: losses.flat() }).toEqual({ round, wanted, losses: [] });
    }
    const client = deployClient({ endpoint: server.url, token: place.token });
    for (const ledger of ledgers) {
      await deployOnce(client, ledger, () => {});
      expect(await readPage(server, ledger.site)).toBe(ledger.releases.get(ledger.prod.version)?.page ?? "");
    }
    await client.call("POST", "/gc");
    expect(await place.findFaults()).toEqual([]);
  } finally {
    await server[Symbol.asyncDispose]();
  }
  return ledgers.reduce((total, ledger) => total + ledger.releases.size, 0);
}

async function killEverywhere(rounds: number, newPlace: () => Promise<KilledPlace>): Promise<void> {
  const random = killRandom();
  const tally = killTally();
  let releases = 0;
  for (let left = rounds; left > 0; left -= ROUNDS_A_PLACE) {
    await using place = await newPlace();
    releases += await killOn(place, Math.min(left, ROUNDS_A_PLACE), random, tally);
  }
  process.stdout.write(`${rounds} kills, ${releases} releases acknowledged, none lost\n`);
  expect(releases).toBeGreaterThan(rounds);
  expect(tally.missed(STEPS, Math.floor(rounds / STEPS.length / 2))).toEqual([]);
}

const { disk, bucket } = KILLS.deploys;

test(`killed ${killRounds(disk)} times while sites are deployed and rolled back and garbage is collected, a server on disk loses nothing that it acknowledged`, async () => {
  await killEverywhere(killRounds(disk), places.onDisk);
});

test.skipIf(!lab.endpoint)(
  `killed ${killRounds(bucket)} times, neither does one with a bucket ${lab.skipped}`,
  async () => {
    await killEverywhere(killRounds(bucket), () => places.inBucket(lab));
  },
);
