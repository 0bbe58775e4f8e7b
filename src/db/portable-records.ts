import { writeFileSync } from "node:fs";
import { SitepodError } from "#model";
import { copyRecords } from "./copy-records.ts";
import { copyFile } from "./inspect-file.ts";
import { inspectPostgres, openPostgres } from "./postgres.ts";
import { openSqlite } from "./sqlite.ts";

/** Names the backup whose records a database was given: whoever was cut off in between finds out that they are there. */
const RESTORED = "restored";

/**
 * Copies the records of a PostgreSQL database, as they are at one moment, to the SQLite file `copy`, which is not there yet;
 * servers may be using the database. `aside` is another such file, for the time of it. Only the user may read them.
 */
export async function copyPostgres(url: string, copy: string, aside: string): Promise<void> {
  for (const path of [copy, aside]) writeFileSync(path, "", { mode: 0o600, flag: "wx" });
  const from = await inspectPostgres(url);
  try {
    const to = await openSqlite(aside);
    try {
      await copyRecords(from, to);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
  copyFile(aside, copy);
}

/**
 * Puts the records of the SQLite file `path`, of the backup `id`, into a PostgreSQL database that has none, all or nothing. Does
 * nothing where they are there by an earlier run. The file is brought up to date. Throws SitepodError `conflict` where the database has
 * records of others.
 */
export async function restorePostgres(url: string, path: string, id: string): Promise<void> {
  const to = await openPostgres(url);
  try {
    if (await isRestored(to.query, id)) return;
    const from = await openSqlite(path);
    try {
      await copyRecords(from, to, async (transaction) => {
        await transaction
          .insertInto("server_keys")
          .values({ name: RESTORED, value: id })
          .onConflict((conflict) => conflict.column("name").doUpdateSet({ value: id }))
          .execute();
      });
    } finally {
      await from.close();
    }
  } finally {
    await to.close();
  }
}

/** Throws SitepodError `conflict` where a database has records, unless they are those that a restore of the backup `id` has begun with. */
export async function requireEmptyPostgres(url: string, id: string | undefined): Promise<void> {
  const to = await openPostgres(url);
  try {
    await isRestored(to.query, id);
  } finally {
    await to.close();
  }
}

async function isRestored(
  query: Awaited<ReturnType<typeof openPostgres>>["query"],
  id: string | undefined,
): Promise<boolean> {
  const restored = await query
    .selectFrom("server_keys")
    .where("name", "=", RESTORED)
    .select("value")
    .executeTakeFirst();
  if (restored && restored.value === id) return true;
  for (const table of ["user", "workspaces", "sites"] as const) {
    if ((await query.selectFrom(table).select("id").limit(1).execute()).length === 0) continue;
    throw new SitepodError(
      "conflict",
      "There are records in SITEPOD_DATABASE_URL already. Restore into an empty database.",
    );
  }
  return false;
}
