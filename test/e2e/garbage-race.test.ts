import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { Digest } from "#model";
import { inspectDiskStore, openS3Store, type Store } from "#store";
import type { Api } from "#wire";
import { register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import { type DeployClient, deployClient } from "../harness/deploy-client.ts";
import { type DeployerFigures, RacingDeployer } from "../harness/racing-deployer.ts";
import { type Random, randomFrom } from "../harness/random.ts";
import { type Server, startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { newBucket } from "../lab/new-bucket.ts";
import { startS3Lab } from "../lab/s3-lab.ts";

/** How long garbage is collected beside deploys: on a disk and in a bucket, both in the same time. */
const RACE_MS = Number(process.env.SITEPOD_RACE_SECONDS ?? 120) * 1000;
const random = randomFrom(Number(process.env.SITEPOD_RACE_SEED ?? Math.floor(Math.random() * 2 ** 32)));
/** What comes before and after it. */
const AROUND_MS = 120_000;
const DEPLOYERS = 4;
const SITES_OF_ONE = 2;

const lab = await startS3Lab();
afterAll(lab.stop);

/** A server to race on, and its store as it lies there, past every cache of the server. */
interface Place extends AsyncDisposable {
  readonly server: Server;
  readonly blobs: Pick<Store["blobs"], "has" | "list">;
  readonly env: Readonly<Record<string, string>>;
}

const flags = ["--open-sign-up", "--asset-survival-hours", "0", "--keep-releases", "2", "--gc-every", "0"];

async function onDisk(): Promise<Place> {
  const server = await startServer({ flags });
  const { blobs } = inspectDiskStore(server.data);
  return { server, blobs, env: {}, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function inBucket(): Promise<Place> {
  await using cleanup = new AsyncDisposableStack();
  const cache = cleanup.use(await temporaryFolder());
  const access = await newBucket(lab);
  const env = {
    SITEPOD_STORAGE_TYPE: "s3",
    SITEPOD_S3_BUCKET: access.bucket,
    SITEPOD_S3_REGION: access.region,
    SITEPOD_S3_ENDPOINT: lab.endpoint!,
    AWS_ACCESS_KEY_ID: lab.accessKeyId,
    AWS_SECRET_ACCESS_KEY: lab.secretAccessKey,
  };
  const server = cleanup.use(await startServer({ flags, env }));
  const cacheFolder = join(cache.path, "cache");
  const { blobs } = await openS3Store({ ...access, presigned: false, cacheFolder, cacheBytes: 10_000_000 });
  const owned = cleanup.move();
  return { server, blobs, env, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const collect = (admin: DeployClient, query = "") => admin.call<Api.Collected>("POST", `/gc${query}`);

interface CollectorFigures {
  collections: number;
  releases: number;
  blobs: number;
}

/** Collects again and again, and asks on trial in between. */
async function collectUntil(endMs: number, admin: DeployClient, random: Random): Promise<CollectorFigures> {
  const figures = { collections: 0, releases: 0, blobs: 0 };
  while (performance.now() < endMs) {
    if (random.below(10) < 1) await collect(admin, "?dry_run=true");
    if (random.below(10) < 1) await admin.call("POST", "/cleanup");
    const { removed_releases, deleted_blobs, errors } = await collect(admin);
    if (errors.length > 0) throw new Error(errors.join("; "));
    figures.collections++;
    figures.releases += removed_releases;
    figures.blobs += deleted_blobs;
  }
  return figures;
}

async function deployUntil(endMs: number, deployer: RacingDeployer): Promise<void> {
  while (performance.now() < endMs) await deployer.step();
  await deployer.settle();
}

/** Lists every content that the sites' histories say is kept. */
async function keptContents(admin: DeployClient): Promise<Set<string>> {
  const kept = new Set<string>();
  for (const { name } of await admin.call<Api.Project[]>("GET", "/projects")) {
    const { items } = await admin.call<Api.History>("GET", `/history?project=${name}&limit=500`);
    for (const { version } of items.filter(({ removed_at }) => !removed_at)) {
      const { content_hash, files } = await admin.call<Api.Files>("GET", `/files?project=${name}&version=${version}`);
      for (const hash of [content_hash, ...files.map((file) => file.hash)]) kept.add(hash);
    }
  }
  return kept;
}

async function listDigests({ blobs }: Place): Promise<Set<string>> {
  const digests = new Set<string>();
  for await (const { digest } of blobs.list()) digests.add(digest);
  return digests;
}

async function race(place: Place, random: Random): Promise<DeployerFigures & CollectorFigures> {
  const { server, blobs } = place;
  const tokens = [];
  for (const who of ["admin", "ann", "bob"]) tokens.push((await register(server.url, `${who}@example.com`)).token);
  const [admin, ...people] = tokens.map((token) => deployClient({ endpoint: server.url, token }));
  // A content that gets its own file just now is in the pack no more, and then in the file: who looks twice finds it.
  const isStored = async (digest: Digest) => (await blobs.has(digest)) || (await blobs.has(digest));
  const deployers = Array.from({ length: DEPLOYERS }, (_, i) => {
    const names = Array.from({ length: SITES_OF_ONE }, (_, j) => `site${i}-${j}`);
    const own = randomFrom(Math.floor(random.below(2 ** 32)));
    return new RacingDeployer(people[i % people.length]!, server, isStored, own, names);
  });
  const endMs = performance.now() + RACE_MS;
  const [collected] = await Promise.all([
    collectUntil(endMs, admin!, random),
    ...deployers.map((deployer) => deployUntil(endMs, deployer)),
  ]);

  await collect(admin!);
  expect(await collect(admin!)).toMatchObject({ deleted_blobs: 0, removed_releases: 0, errors: [] });
  expect(await listDigests(place)).toEqual(await keptContents(admin!));
  await using operator = await commandLine({ by: "executable" });
  const fsck = await operator.run(["server", "fsck", "--data", server.data], { env: place.env });
  expect([fsck.code, fsck.stdout]).toEqual([0, expect.stringContaining("All is whole")]);

  for (const deployer of deployers) for (const site of deployer.sites) await deployer.delete(site);
  await collect(admin!);
  expect(await collect(admin!)).toMatchObject({ total_blobs: 0, referenced_blobs: 0 });
  expect(await listDigests(place)).toEqual(new Set());
  const sum = (name: keyof DeployerFigures) => deployers.reduce((total, { figures }) => total + figures[name], 0);
  return {
    deploys: sum("deploys"),
    reused: sum("reused"),
    held: sum("held"),
    refused: sum("refused"),
    looked: sum("looked"),
    ...collected,
  };
}

const places = { "a disk": onDisk, ...(lab.endpoint && { "a bucket": inBucket }) };
const where = Object.keys(places).join(" and in ");
const without = lab.endpoint ? "" : ` (without a bucket: ${lab.skipped})`;

test(
  `garbage that is collected beside deploys for ${RACE_MS / 1000} s on ${where} takes nothing that is named, and all else${without}`,
  async () => {
    process.stdout.write(`repeat by SITEPOD_RACE_SEED=${random.seed}\n`);
    await using cleanup = new AsyncDisposableStack();
    const opened = [];
    for (const [name, open] of Object.entries(places)) opened.push({ name, place: cleanup.use(await open()) });
    const raced = await Promise.all(
      opened.map(async ({ name, place }) => ({ name, ...(await race(place, randomFrom(random.below(2 ** 32)))) })),
    );
    process.stdout.write(`${raced.map((figures) => JSON.stringify(figures)).join("\n")}\n`);
    for (const { deploys, reused, held, releases, blobs, collections } of raced) {
      for (const count of [deploys, reused, held, releases, blobs, collections]) expect(count).toBeGreaterThan(5);
    }
  },
  RACE_MS + AROUND_MS,
);
