import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { SitepodError } from "#model";
import { type InspectedStore, inspectDiskStore, openDiskStore } from "#store";
import { requireSettled } from "#upkeep";
import { openStore } from "./open-store.ts";
import { parseServeOptions } from "./serve-options.ts";
import { parseAddressing, type StorageOptions } from "./storage-options.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Where a server keeps what it has, as its own options say. */
export interface DataPlace {
  /** Absolute. */
  readonly data: string;
  readonly storage: StorageOptions;
  /** Of PostgreSQL; undefined: the records are in the folder. */
  readonly databaseUrl: string | undefined;
}

/** Reads where the server's data is. Throws SitepodError `invalid` where the options are wrong. */
export function parseDataPlace(folder: string | undefined, env: Env): DataPlace {
  const { data, storage, databaseUrl } = parseServeOptions(folder === undefined ? [] : ["--data", folder], env);
  return { data: resolve(data), storage, databaseUrl };
}

/**
 * Opens a server's store for looking at, and changes nothing by that. Throws SitepodError `not_found` without a folder, and
 * `conflict` where its contents went elsewhere, or have not wholly come.
 */
export async function inspectStore(place: DataPlace): Promise<InspectedStore> {
  const store = await inspectAnyStore(place);
  await requireSettled(store.documents);
  return store;
}

/** The same, wherever the contents are. */
export async function inspectAnyStore({ data, storage }: DataPlace): Promise<InspectedStore> {
  if (!existsSync(data)) throw new SitepodError("not_found", `There is no folder ${data}. Name it with --data.`);
  // Of a server with a bucket, the folder may be on another machine.
  if (storage.type === "local" && !readdirSync(data).some((name) => ["lock", "blobs", "sites", "db"].includes(name))) {
    throw new SitepodError("not_found", `${data} holds nothing of a server. Name its data folder with --data.`);
  }
  return storage.type === "local"
    ? inspectDiskStore(data)
    : await openStore(data, { ...storage, cacheBytes: UNBOUNDED });
}

/** For those who only look: the cache is that of the server, which alone makes room in it. */
const UNBOUNDED = Infinity;

const BUCKET = /^s3:\/\/([a-z0-9][a-z0-9.-]*)$/;

/**
 * Opens the store in a place that a person names: a folder, or `s3://bucket`, whose region, endpoint and keys are those
 * of the SITEPOD_BACKUP_ variables, and where one is not set, of the server's own bucket. `scratch` is a folder of the
 * server's for what is on its way. Unless it may be new, opening changes nothing there: another server may be using it.
 */
export async function openPlace(place: string, env: Env, scratch: string, isNew: boolean): Promise<InspectedStore> {
  if (!place.startsWith("s3://")) {
    const folder = resolve(place);
    if (isNew) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      return await openDiskStore(folder);
    }
    if (existsSync(join(folder, "blobs"))) return inspectDiskStore(folder);
    throw new SitepodError("not_found", `There is no backup and no data folder at ${folder}.`);
  }
  const storage = { ...parseBucketPlace(place, env, "SITEPOD_BACKUP"), cacheBytes: UNBOUNDED };
  return await openStore(scratch, storage, { isProbedAtOnce: isNew });
}

/**
 * Reads where the bucket `s3://name` is: region, endpoint, addressing and keys are those of the variables that begin with
 * `prefix`, and where one is not set, of the server's own bucket. Throws SitepodError `invalid` where something is missing.
 */
export function parseBucketPlace(place: string, env: Env, prefix: string): Omit<StorageOptions, "cacheBytes"> {
  const bucket = BUCKET.exec(place)?.[1];
  if (bucket === undefined) {
    throw new SitepodError(
      "invalid",
      `${JSON.stringify(place)} is no bucket. A bucket is written s3://name, and nothing after it.`,
    );
  }
  const told = (name: string, own: string) => env[`${prefix}_${name}`] || env[own] || undefined;
  const accessKey = told("ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID");
  const secretKey = told("SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY");
  if (!accessKey || !secretKey) {
    throw new SitepodError(
      "invalid",
      `Keys for ${place} are missing: set ${prefix}_ACCESS_KEY_ID and ${prefix}_SECRET_ACCESS_KEY.`,
    );
  }
  const addressing = told("S3_ADDRESSING", "SITEPOD_S3_ADDRESSING");
  if (addressing !== undefined && !parseAddressing(addressing)) {
    throw new SitepodError("invalid", `The addressing of ${place} is ${JSON.stringify(addressing)}: set path or host.`);
  }
  return {
    type: "s3",
    isPresigned: false,
    bucket,
    region: told("S3_REGION", "SITEPOD_S3_REGION"),
    endpoint: told("S3_ENDPOINT", "SITEPOD_S3_ENDPOINT"),
    addressing: parseAddressing(addressing),
    accessKey,
    secretKey,
  };
}

/** The variables of a bucket besides the server's own. */
export const bucketVariables = (prefix: string): string[] =>
  ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "S3_REGION", "S3_ENDPOINT", "S3_ADDRESSING"].map(
    (name) => `${prefix}_${name}`,
  );

/** Says of backups' bucket by its own variables what those of the server's own bucket say of it, which may change. */
export function pinBackupVariables(env: Env): Record<string, string> {
  const shared = { ACCESS_KEY_ID: "AWS_", SECRET_ACCESS_KEY: "AWS_", S3_REGION: "SITEPOD_", S3_ENDPOINT: "SITEPOD_" };
  return Object.fromEntries(
    Object.entries({ ...shared, S3_ADDRESSING: "SITEPOD_" }).map(([name, own]) => [
      `SITEPOD_BACKUP_${name}`,
      env[`SITEPOD_BACKUP_${name}`] || env[`${own}${name}`] || "",
    ]),
  );
}
