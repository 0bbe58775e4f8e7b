import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { findFileFaults } from "#db";
import { type InspectedStore, inspectDiskStore, openS3Store } from "#store";
import { fsck } from "#upkeep";
import { type BucketAccess, newBucket } from "../lab/new-bucket.ts";
import type { S3Lab } from "../lab/s3-lab.ts";
import { register } from "./account.ts";
import { type Server, startServer } from "./server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Where a server that is killed has its contents. */
export interface KilledPlace extends AsyncDisposable {
  readonly data: string;
  readonly env: Readonly<Record<string, string>>;
  readonly token: string;
  start(flags?: readonly string[]): Promise<Server>;
  /** Reads all that is stored, and the database, again, and lists what is damaged. */
  findFaults(): Promise<string[]>;
  /** Opens what is stored, for looking at. */
  openStore(): Promise<InspectedStore>;
}

/** Makes places, each with the same account in an otherwise empty database. */
export interface KilledPlaces extends AsyncDisposable {
  onDisk(): Promise<KilledPlace>;
  inBucket(lab: S3Lab): Promise<KilledPlace>;
}

export async function killedPlaces(): Promise<KilledPlaces> {
  await using cleanup = new AsyncDisposableStack();
  const folder = cleanup.use(await temporaryFolder());
  const template = join(folder.path, "template");
  await using server = await startServer({ data: template });
  const { token } = await register(server.url);
  await server.stop();
  const owned = cleanup.move();
  let places = 0;

  async function place(env: KilledPlace["env"], open: (data: string) => Promise<InspectedStore>): Promise<KilledPlace> {
    const data = join(folder.path, `data-${++places}`);
    // What lies there besides is made by the first start.
    for (const name of ["db", "session.key"]) await cp(join(template, name), join(data, name), { recursive: true });
    return {
      data,
      env,
      token,
      start: (flags = []) => startServer({ data, env, flags }),
      findFaults: async () => await faultsOf(data, await open(data)),
      openStore: () => open(data),
      async [Symbol.asyncDispose]() {},
    };
  }

  return {
    onDisk: () => place({}, async (data) => inspectDiskStore(data)),
    async inBucket(lab) {
      const access = await newBucket(lab);
      return await place(bucketVariables(access), (data) => openBucket(access, data));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export const bucketVariables = (access: BucketAccess): Record<string, string> => ({
  SITEPOD_STORAGE_TYPE: "s3",
  SITEPOD_S3_BUCKET: access.bucket,
  SITEPOD_S3_REGION: access.region,
  SITEPOD_S3_ENDPOINT: access.endpoint!,
  AWS_ACCESS_KEY_ID: access.accessKeyId,
  AWS_SECRET_ACCESS_KEY: access.secretAccessKey,
});

/** Opens a bucket beside whoever uses it. */
export async function openBucket(access: BucketAccess, data: string): Promise<InspectedStore> {
  const cacheFolder = join(data, "cache-of-checks");
  await mkdir(cacheFolder, { recursive: true });
  return await openS3Store({ ...access, cacheFolder, cacheBytes: 10_000_000 });
}

/** The same as `sitepod server fsck` does. */
export async function faultsOf(data: string, store: InspectedStore): Promise<string[]> {
  const { left } = await fsck(store, () => {});
  const faults = findFileFaults(join(data, "db", "sitepod.db")) ?? ["is missing"];
  return [...left.map(({ key, problem }) => `${key} ${problem}`), ...faults.map((fault) => `the database ${fault}`)];
}
