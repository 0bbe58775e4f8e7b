import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Api } from "#wire";
import { deployClient } from "../harness/deploy-client.ts";
import { KILLS, killRandom, killRounds, killTally } from "../harness/kill-rounds.ts";
import { type KilledPlace, type KilledPlaces, killedPlaces } from "../harness/killed-place.ts";
import { executable } from "../harness/repository.ts";
import type { Server } from "../harness/server.ts";
import { CLIENT_STEPS, type StepProxy, stepProxy } from "../harness/step-proxy.ts";
import { fetchHost } from "../harness/tenant.ts";
import { startS3Lab } from "../lab/s3-lab.ts";

const lab = await startS3Lab();
afterAll(lab.stop);
let places: KilledPlaces;
beforeAll(async () => {
  places = await killedPlaces();
});
afterAll(() => places[Symbol.asyncDispose]());

const random = killRandom();
const WHEN = ["asked", "answered"] as const;

/** A site whose files all say the same number. */
async function writeSite(folder: string, number: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all(
    ["index.html", "a.txt", "b.txt"].map((name) => writeFile(join(folder, name), `${number} in ${name}`)),
  );
}

/** Returns the number that all files of a site say. Throws where they do not say the same. */
async function numberAt(server: Server, label: string): Promise<number> {
  const numbers = await Promise.all(
    ["index.html", "a.txt", "b.txt"].map(async (name) => {
      const response = await fetchHost(server, `${label}.${server.domain}`, `/${name.replace("index.html", "")}`);
      const text = await response.text();
      if (response.status !== 200 || !text.endsWith(` in ${name}`)) throw new Error(`${label}/${name}: ${text}`);
      return Number(text.split(" ")[0]);
    }),
  );
  expect(new Set(numbers).size).toBe(1);
  return numbers[0]!;
}

/** Runs `sitepod deploy` and kills it, as `kill -9` does, where the proxy says so. Returns how it ended. */
async function deploy(folder: string, proxy: StepProxy, token: string, onStart: (kill: () => Promise<void>) => void) {
  const child = Bun.spawn([executable, "deploy", join(folder, "site"), "--prod", "--name", "shop", "--yes"], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: folder, SITEPOD_ENDPOINT: proxy.url, SITEPOD_TOKEN: token },
    stdio: ["ignore", "ignore", "ignore"],
  });
  onStart(async () => {
    child.kill("SIGKILL");
    await child.exited;
  });
  await child.exited;
  return child.exitCode;
}

async function killClients(place: KilledPlace, rounds: number): Promise<void> {
  await using server = await place.start();
  await using proxy = stepProxy(server.url);
  const client = deployClient({ endpoint: server.url, token: place.token });
  const tally = killTally();
  const site = join(place.data, "..", `client-${rounds}`);
  await writeSite(join(site, "site"), 0);
  expect(await deploy(site, proxy, place.token, () => {})).toBe(0);
  let served = 0;
  for (let round = 1; round <= rounds; round++) {
    const step = CLIENT_STEPS[round % CLIENT_STEPS.length]!;
    const when = random.pick(WHEN);
    await writeSite(join(site, "site"), round);
    await deploy(site, proxy, place.token, (kill) => proxy.watch(step, when, kill));
    if (proxy.isHit()) tally.add([step]);
    expect({ step, when, faults: await place.findFaults() }).toEqual({ step, when, faults: [] });

    // It is released where the server has been asked for that, and not otherwise; and it is whole.
    const isReleased = step === "release" && when === "answered";
    served = isReleased ? round : served;
    expect({ step, when, served: await numberAt(server, "shop") }).toEqual({ step, when, served });
    const { items } = await client.call<Api.History>("GET", "/history?project=shop&limit=1");
    const isCommitted = step === "release" || (step === "commit" && when === "answered");
    const newest = await numberAt(server, `shop--${items[0]!.version}`);
    expect(isCommitted ? newest : round > newest).toBe(isCommitted ? round : true);
  }
  expect(tally.missed(CLIENT_STEPS, Math.floor(rounds / CLIENT_STEPS.length))).toEqual([]);
  // The same command, and nobody kills it.
  expect(await deploy(site, proxy, place.token, () => {})).toBe(0);
  expect(await numberAt(server, "shop")).toBe(rounds);
}

const { disk, bucket } = KILLS.clients;

test(`killed ${killRounds(disk)} times at each of its steps, a deploy releases all or nothing, and the same command goes on`, async () => {
  await using place = await places.onDisk();
  await killClients(place, killRounds(disk));
});

test.skipIf(!lab.endpoint)(`killed ${killRounds(bucket)} times, so it does with a bucket ${lab.skipped}`, async () => {
  await using place = await places.inBucket(lab);
  await killClients(place, killRounds(bucket));
});
