import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Context, formatBytes, formatCount, type Result } from "#cli";
import { forgetAbsentBlobs, lockFolder, requireEmptyPostgres, restorePostgres } from "#db";
import { type Digest, SitepodError } from "#model";
import type { Store } from "#store";
import { findBackup, requireSettled, type Restored, restoreBackup, restoreRecords } from "#upkeep";
import { refuseForeignFolder } from "../foreign-folder.ts";
import { restoringFile } from "../half-restored.ts";
import { openStore } from "../open-store.ts";
import { progressOf } from "../server-progress.ts";
import { type DataPlace, openPlace, parseDataPlace } from "../storage-place.ts";

interface RestoreOptions {
  readonly data?: string;
  readonly backup?: string;
  readonly recordsOnly?: boolean;
}

export async function run(
  context: Context,
  [from]: readonly (string | undefined)[],
  options: RestoreOptions,
): Promise<Result> {
  const { env } = context.world;
  const to = parseDataPlace(options.data, env);
  const { data, storage } = to;
  // All of a restored folder is given to the server's user afterwards; records alone join what is that user's already.
  if (options.recordsOnly) refuseForeignFolder(data);
  await mkdir(data, { recursive: true, mode: 0o700 });
  using _ = lockFolder(data);
  const place = await openPlace(from!, env, data, false);
  const record = await findBackup(place.documents, options.backup);
  const store = await openStore(data, storage, { isProbedAtOnce: true });
  await requireSettled(store.documents);
  await requireEmpty(to, store, record.id, options.recordsOnly ?? false);
  if (options.recordsOnly) {
    await writeRecords(to, await restoreRecords({ place, record, store }), record.id);
  } else {
    await writeDurably(restoringFile(data), `${record.id}\n`);
    const restored = await restoreBackup({ place, record, store, show: progressOf(context) });
    context.report.clear();
    await writeRecords(to, restored, record.id);
    await rm(restoringFile(data));
  }
  const { id, sites, releases, blobs, bytes, damaged } = record;
  const what = [formatCount(sites, "site"), formatCount(releases, "release"), formatCount(blobs, "content")].join(", ");
  const lines = options.recordsOnly
    ? [`Restored the records of ${id}. The server brings them into line with what is stored when it starts.`]
    : [
        `Restored ${id} into ${data}: ${what} (${formatBytes(bytes)}), each verified.`,
        ...(damaged.length > 0
          ? [`${formatCount(damaged.length, "content")} had been damaged before that backup.`]
          : []),
      ];
  return { text: lines.join("\n"), json: record };
}

/** Throws SitepodError `conflict` unless nothing is there, or what an earlier run for the same backup left. */
async function requireEmpty(
  { data, databaseUrl }: DataPlace,
  { documents }: Store,
  id: string,
  isForRecords: boolean,
): Promise<void> {
  // Who was cut off after the records were there has them there.
  const begun = existsSync(restoringFile(data)) ? id : undefined;
  if (databaseUrl !== undefined) await requireEmptyPostgres(databaseUrl, begun);
  if (existsSync(restoringFile(data))) {
    const other = (await readFile(restoringFile(data), "utf8")).trim();
    if (other === id) return;
    throw new SitepodError(
      "conflict",
      `${data} holds half of the backup ${other}. End that by --backup ${other}, or empty the folder.`,
    );
  }
  const hasDatabase = databaseUrl === undefined && existsSync(join(data, "db", "sitepod.db"));
  for await (const key of hasDatabase ? ["db/sitepod.db"] : isForRecords ? [] : documents.list("sites/")) {
    throw new SitepodError("conflict", `There is ${key} already in this storage. Restore into an empty one.`);
  }
}

/** The records come last of all: they are what makes a server start. */
async function writeRecords({ data, databaseUrl }: DataPlace, restored: Restored, id: string): Promise<void> {
  const { database, sessionKey, digests } = restored;
  if (sessionKey !== undefined) await writeDurably(join(data, "session.key"), sessionKey);
  if (databaseUrl !== undefined) return await writePostgres(data, databaseUrl, database, digests, id);
  const path = join(data, "db", "sitepod.db");
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeDurably(`${path}.new`, database);
  forgetAbsentBlobs(`${path}.new`, digests);
  // What a lost database left would be taken for changes of this one.
  for (const suffix of ["-wal", "-shm"]) await rm(path + suffix, { force: true });
  await rename(`${path}.new`, path);
  await using folder = await open(dirname(path), "r");
  await folder.sync();
}

async function writePostgres(
  data: string,
  url: string,
  database: Uint8Array,
  digests: ReadonlySet<Digest>,
  id: string,
): Promise<void> {
  const path = join(data, "tmp", `${randomUUID()}.db`);
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeDurably(path, database);
    forgetAbsentBlobs(path, digests);
    await restorePostgres(url, path, id);
  } finally {
    // And what was put beside it: SQLite's own files, and a copy where the backup is of an older version.
    for (const name of await readdir(dirname(path))) {
      if (name.startsWith(basename(path))) await rm(join(dirname(path), name), { force: true });
    }
  }
}

/** Writes a file that the server's own user alone reads. */
async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  await using file = await open(path, "w", 0o600);
  await file.writeFile(content);
  await file.sync();
}
