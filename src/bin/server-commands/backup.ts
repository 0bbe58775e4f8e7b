import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Context, formatBytes, formatCount, type Result } from "#cli";
import { copyDatabaseFile, copyPostgres, findServerKey, isNewSqlite } from "#db";
import { SitepodError } from "#model";
import { makeBackup, removeOldBackups, type BackupResult } from "#upkeep";
import { progressOf } from "../server-progress.ts";
import { type DataPlace, inspectStore, openPlace, parseDataPlace } from "../storage-place.ts";
import { version } from "../version.ts";

interface BackupOptions {
  readonly data?: string;
  readonly verify: "all" | "new";
  readonly keep?: number;
}

export async function run(
  context: Context,
  [to]: readonly (string | undefined)[],
  options: BackupOptions,
): Promise<Result> {
  const { env, now } = context.world;
  const from = parseDataPlace(options.data, env);
  const store = await inspectStore(from);
  requireNoDataFolder(to!);
  const place = await openPlace(to!, env, from.data, true);
  const made = await makeBackup({
    store,
    place,
    copyDatabase: () => copyDatabase(from),
    sessionKey: await readSessionKey(from),
    version,
    nowMs: now,
    verifiesAll: options.verify === "all",
    show: progressOf(context),
  });
  context.report.clear();
  const removed = options.keep === undefined ? undefined : await removeOldBackups(place, options.keep, now);
  const { damaged } = made.record;
  return {
    text: [
      ...describe(made),
      ...(removed ? [`Removed ${formatCount(removed.backups.length, "older backup")}.`] : []),
    ].join("\n"),
    json: {
      ...made.record,
      copied: made.copied,
      copied_bytes: made.copiedBytes,
      unreadable: made.unreadable,
      removed: removed?.backups ?? [],
    },
    ...(damaged.length > 0 ? { ending: "failed" as const } : {}),
  };
}

function describe({ record, copied, copiedBytes, unreadable }: BackupResult): string[] {
  const { id, sites, releases, blobs, bytes, damaged } = record;
  return [
    `Backup ${id}: ${formatCount(sites, "site")}, ${formatCount(releases, "release")}, ${formatCount(blobs, "content")} ` +
      `(${formatBytes(bytes)}), all read back. Copied ${formatCount(copied, "content")} (${formatBytes(copiedBytes)}).`,
    ...(damaged.length > 0
      ? [
          `${formatCount(damaged.length, "content")} could not be backed up: damaged here. Run sitepod server fsck.`,
          ...unreadable.map((fault) => `  ${fault}.`),
        ]
      : []),
  ];
}

/** A server that has no site yet has a database. Throws SitepodError `conflict`. */
function requireNoDataFolder(place: string): void {
  if (place.startsWith("s3://") || !existsSync(join(place, "db"))) return;
  throw new SitepodError("conflict", `${place} is a server's data folder. Choose another folder for backups.`);
}

/** The copy is written beside the database, or in the data folder, by the server's user alone to be read. */
async function copyDatabase({ data, databaseUrl }: DataPlace): Promise<Uint8Array<ArrayBuffer>> {
  const [copy, aside] = [join(data, "tmp", `${randomUUID()}.db`), join(data, "tmp", `${randomUUID()}.db`)];
  await mkdir(join(data, "tmp"), { recursive: true });
  try {
    if (databaseUrl === undefined) await copySqlite(data, copy);
    else await copyPostgres(databaseUrl, copy, aside);
    return new Uint8Array(await readFile(copy));
  } finally {
    for (const suffix of ["", "-wal", "-shm"]) await rm(aside + suffix, { force: true });
    await rm(copy, { force: true });
  }
}

async function copySqlite(data: string, copy: string): Promise<void> {
  const path = join(data, "db", "sitepod.db");
  if (!existsSync(path) || isNewSqlite(path)) {
    throw new SitepodError("not_found", `There is no database at ${path}: it is lost, or this is no data folder.`);
  }
  await writeFile(copy, "", { mode: 0o600, flag: "wx" });
  copyDatabaseFile(path, copy);
}

/** Servers on one PostgreSQL have the key there. */
async function readSessionKey({ data, databaseUrl }: DataPlace): Promise<string | undefined> {
  if (databaseUrl !== undefined) return await findServerKey(databaseUrl, "session");
  const path = join(data, "session.key");
  return existsSync(path) ? await readFile(path, "utf8") : undefined;
}
