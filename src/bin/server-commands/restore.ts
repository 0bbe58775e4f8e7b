import { existsSync } from "node:fs";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Context, formatBytes, formatCount, type Result } from "#cli";
import { forgetAbsentBlobs, lockFolder } from "#db";
import { SitepodError } from "#model";
import type { Store } from "#store";
import { findBackup, requireSettled, type Restored, restoreBackup } from "#upkeep";
import { restoringFile } from "../half-restored.ts";
import { openStore } from "../open-store.ts";
import { progressOf } from "../server-progress.ts";
import { openPlace, parseDataPlace, requireOwnDatabase } from "../storage-place.ts";

interface RestoreOptions {
  readonly data?: string;
  readonly backup?: string;
}

export async function run(
  context: Context,
  [from]: readonly (string | undefined)[],
  options: RestoreOptions,
): Promise<Result> {
  const { env } = context.world;
  const to = parseDataPlace(options.data, env);
  requireOwnDatabase(to);
  const { data, storage } = to;
  await mkdir(data, { recursive: true, mode: 0o700 });
  using _ = lockFolder(data);
  const place = await openPlace(from!, env, data, false);
  const record = await findBackup(place.documents, options.backup);
  const store = await openStore(data, storage, { isProbedAtOnce: true });
  await requireSettled(store.documents);
  await requireEmpty(data, store, record.id);
  await writeDurably(restoringFile(data), `${record.id}\n`);
  const restored = await restoreBackup({ place, record, store, show: progressOf(context) });
  context.report.clear();
  await writeOwnFiles(data, restored);
  await rm(restoringFile(data));
  const { id, sites, releases, blobs, bytes, damaged } = record;
  const what = [formatCount(sites, "site"), formatCount(releases, "release"), formatCount(blobs, "content")].join(", ");
  const lines = [
    `Restored ${id} into ${data}: ${what} (${formatBytes(bytes)}), each verified.`,
    ...(damaged.length > 0 ? [`${formatCount(damaged.length, "content")} had been damaged before that backup.`] : []),
  ];
  return { text: lines.join("\n"), json: record };
}

/** Throws SitepodError `conflict` unless nothing is there, or what an earlier run for the same backup left. */
async function requireEmpty(data: string, { documents }: Store, id: string): Promise<void> {
  if (existsSync(restoringFile(data))) {
    const other = (await readFile(restoringFile(data), "utf8")).trim();
    if (other === id) return;
    throw new SitepodError(
      "conflict",
      `${data} holds half of the backup ${other}. End that by --backup ${other}, or empty the folder.`,
    );
  }
  const hasDatabase = existsSync(join(data, "db", "sitepod.db"));
  for await (const key of hasDatabase ? ["db/sitepod.db"] : documents.list("sites/")) {
    throw new SitepodError("conflict", `There is ${key} already in this storage. Restore into an empty one.`);
  }
}

/** The database comes last of all: it is what makes a server start. */
async function writeOwnFiles(data: string, { database, sessionKey, digests }: Restored): Promise<void> {
  if (sessionKey !== undefined) await writeDurably(join(data, "session.key"), sessionKey);
  const path = join(data, "db", "sitepod.db");
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeDurably(`${path}.new`, database);
  forgetAbsentBlobs(`${path}.new`, digests);
  await rename(`${path}.new`, path);
  await using folder = await open(dirname(path), "r");
  await folder.sync();
}

/** Writes a file that the server's own user alone reads. */
async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  await using file = await open(path, "w", 0o600);
  await file.writeFile(content);
  await file.sync();
}
