import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type InspectedStore, inspectDiskStore, openMemoryStore } from "#store";
import { fsck, isArriving, listBackups, requireSettled, restoreBackup } from "#upkeep";
import { deployClient, type SiteFiles } from "../harness/deploy-client.ts";
import { KILLS, killRandom, killRounds, killTally } from "../harness/kill-rounds.ts";
import {
  bucketVariables,
  faultsOf,
  type KilledPlace,
  type KilledPlaces,
  killedPlaces,
  openBucket,
} from "../harness/killed-place.ts";
import { executable } from "../harness/repository.ts";
import { type Server, startServer } from "../harness/server.ts";
import { findUnserved } from "../harness/site-load.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { newBucket } from "../lab/new-bucket.ts";
import { startS3Lab } from "../lab/s3-lab.ts";

const lab = await startS3Lab();
afterAll(lab.stop);
let places: KilledPlaces;
beforeAll(async () => {
  places = await killedPlaces();
});
afterAll(() => places[Symbol.asyncDispose]());

const random = killRandom();
const quiet = () => {};
const VICTIMS = ["command", "server", "both"] as const;

const filesOf = (number: number): SiteFiles =>
  Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${i}.txt`, `text ${i} ${i < 6 ? "" : number}`]));

/** Runs `sitepod server …`. */
function start(args: readonly string[], env: Readonly<Record<string, string>>) {
  return Bun.spawn([executable, "server", ...args], {
    env: { PATH: process.env.PATH ?? "", HOME: "/nonexistent", ...env },
    stdio: ["ignore", "ignore", "ignore"],
  });
}

/** How long a command takes from its start to its end, where nobody kills it. */
async function timed(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const startedMs = performance.now();
  expect(await start(args, env).exited).toBe(0);
  return performance.now() - startedMs;
}

/** Starts a command, and kills it, the server or both, as `kill -9` does, somewhere in the time that it takes. */
async function killWithin(
  ms: number,
  server: Server,
  victim: (typeof VICTIMS)[number],
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const command = start(args, env);
  await Promise.race([command.exited, Bun.sleep(random.below(ms))]);
  if (victim !== "server") command.kill("SIGKILL");
  if (victim !== "command") await server.kill();
  await command.exited;
}

/** Restores the newest backup of a place, where there is one, and returns what is damaged in it. */
async function faultsOfNewest(place: InspectedStore): Promise<string[] | undefined> {
  const [record] = await listBackups(place.documents);
  if (!record) return undefined;
  const store = openMemoryStore();
  await restoreBackup({ place, record, store, show: quiet });
  return (await fsck(store, quiet)).left.map(({ key, problem }) => `${key} ${problem}`);
}

async function killBackups(
  place: KilledPlace,
  rounds: number,
  to: string,
  openTo: () => Promise<InspectedStore>,
): Promise<void> {
  const tally = killTally();
  const args = ["backup", to, "--data", place.data];
  let server = await place.start();
  const acknowledged = new Map<string, SiteFiles>();
  try {
    let ms = 0;
    for (let round = 0; round < rounds; round++) {
      const victim = VICTIMS[round % VICTIMS.length]!;
      const client = deployClient({ endpoint: server.url, token: place.token });
      const { version } = await client.deploy("shop", filesOf(round), "prod");
      acknowledged.set(`shop--${version}`, filesOf(round));
      const before = ms === 0 ? 0 : (await listBackups((await openTo()).documents)).length;
      ms ||= await timed(args, place.env);
      await killWithin(ms, server, victim, args, place.env);
      const after = await openTo();
      tally.add([victim, (await listBackups(after.documents)).length > before ? "ended" : "cut off"]);
      expect({ victim, faults: await place.findFaults() }).toEqual({ victim, faults: [] });
      expect({ victim, faults: await faultsOfNewest(after) }).toEqual({ victim, faults: [] });
      if (victim === "command") continue;
      await server[Symbol.asyncDispose]();
      server = await place.start();
      expect(await findUnserved(server, acknowledged)).toEqual([]);
    }
  } finally {
    await server[Symbol.asyncDispose]();
  }
  expect(tally.missed([...VICTIMS, "cut off"], Math.floor(rounds / 8))).toEqual([]);
}

test(`killed ${killRounds(KILLS.backups.disk)} times, backups harm nobody and leave nothing that passes for a whole one`, async () => {
  await using place = await places.onDisk();
  const to = `${place.data}-backups`;
  await killBackups(place, killRounds(KILLS.backups.disk), to, async () => inspectDiskStore(to));
});

test.skipIf(!lab.endpoint)(
  `killed ${killRounds(KILLS.backups.bucket)} times, neither do those from bucket to bucket ${lab.skipped}`,
  async () => {
    await using place = await places.inBucket(lab);
    const access = await newBucket(lab);
    const openTo = () => openBucket(access, place.data);
    await killBackups(place, killRounds(KILLS.backups.bucket), `s3://${access.bucket}`, openTo);
  },
);

test.skipIf(!lab.endpoint)(
  `killed ${killRounds(KILLS.moves.both)} times, moves between disk and bucket lose no release, and go on ${lab.skipped}`,
  async () => {
    const rounds = killRounds(KILLS.moves.both);
    await using place = await places.onDisk();
    const access = await newBucket(lab);
    const { data, token } = place;
    const inBucket = bucketVariables(access);
    const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "", SITEPOD_S3_ENDPOINT = "" } = inBucket;
    const keys = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
    const onDisk = { ...keys, SITEPOD_TO_S3_ENDPOINT: SITEPOD_S3_ENDPOINT, SITEPOD_TO_S3_REGION: "us-east-1" };
    await mkdir(join(data, "tmp"), { recursive: true });
    const sides = [
      { name: "disk", env: onDisk, to: `s3://${access.bucket}`, store: inspectDiskStore(data) },
      { name: "bucket", env: inBucket, to: "local", store: await openBucket(access, data) },
    ] as const;
    const isSettled = (store: InspectedStore) =>
      requireSettled(store.documents).then(
        () => true,
        () => false,
      );
    const tally = killTally();
    const acknowledged = new Map<string, SiteFiles>();
    let side: 0 | 1 = 0;
    let server = await startServer({ data, env: onDisk });
    try {
      const argsTo = (to: string) => ["migrate-storage", to, "--data", data, "--verify", "new"];
      // How long a move takes differs with what else the machine does: three of ten are to have ended.
      let withinMs = ((await timed(argsTo(sides[0].to), onDisk)) + (await timed(argsTo("local"), inBucket))) * 0.7;
      for (let round = 0; round < rounds; round++) {
        const victim = VICTIMS[round % VICTIMS.length]!;
        const client = deployClient({ endpoint: server.url, token });
        const { version } = await client.deploy("shop", filesOf(round), "prod");
        acknowledged.set(`shop--${version}`, filesOf(round)).set("shop", filesOf(round));
        const [here, there] = [sides[side], sides[side === 0 ? 1 : 0]];
        await killWithin(withinMs, server, victim, argsTo(here.to), here.env);

        // Exactly one of both is what a server starts on, or an arrival is to be ended first.
        const find = async () => ({ here: await isSettled(here.store), there: await isSettled(there.store) });
        const isBetween = (found: { here: boolean; there: boolean }) => !found.here && !found.there;
        let settled = await find();
        const isArrivingThere = await isArriving(there.store.documents);
        if (isBetween(settled)) {
          tally.add(["switching"]);
          // A server that lives ends what it has begun; otherwise the same command does.
          if (victim === "command") await waitUntil("the server has moved", async () => !isBetween(await find()));
          else expect(await start(argsTo(here.to), here.env).exited).toBe(0);
          settled = await find();
        }
        const isMoved = !settled.here;
        withinMs *= isMoved ? 0.8 : 1.1;
        tally.add([victim, `to the ${there.name}`, isMoved ? "moved" : isArrivingThere ? "arriving" : "not begun"]);
        expect(isMoved ? settled.there : true).toBe(true);
        if (isMoved) side = side === 0 ? 1 : 0;
        const now = sides[side];
        expect({ round, victim, faults: await faultsOf(data, now.store) }).toEqual({ round, victim, faults: [] });
        if (victim !== "command") {
          await server[Symbol.asyncDispose]();
          server = await startServer({ data, env: now.env });
        }
        expect(await findUnserved(server, acknowledged)).toEqual([]);
      }
    } finally {
      await server[Symbol.asyncDispose]();
    }
    const steps = [...VICTIMS, "to the disk", "to the bucket", "arriving", "moved"];
    expect(tally.missed(steps, Math.floor(rounds / 15))).toEqual([]);
  },
);
