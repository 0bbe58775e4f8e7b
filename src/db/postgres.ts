import { traceQuery } from "./trace-query.ts";
import { SQL } from "bun";
import { Kysely, sql } from "kysely";
import { SitepodError } from "#model";
import { type Database, isOfThisVersion, migrate } from "./database.ts";
import { postgresDialect } from "./postgres-dialect.ts";
import { asUnavailable } from "./postgres-failure.ts";
import type { Schema } from "./schema.ts";
import { joinable } from "./together.ts";

const MAX_CONNECTIONS = 10;
const LOCK_TIMEOUT_MS = 60_000;
/** Who says nothing for so long in the middle of a transaction was paused, or cut off: others need not wait for it. */
const PAUSE_TIMEOUT_MS = 30_000;
export const CONNECT_TIMEOUT_S = 5;
/** The first that ends sessions which say nothing for too long, which the locks rely on. */
const MIN_VERSION = 140_000;
/** In key order of `fenceContents`; any number that nobody else takes. */
const CONTENTS_FENCE = 7_236_498_120;

/** Opens the PostgreSQL database at `url`, and migrates it. Throws SitepodError `unavailable` where it cannot be used. */
export async function openPostgres(url: string): Promise<Database> {
  const opened = connect(url);
  const { query } = opened;
  try {
    await requireVersion(query);
    await migrate(query);
  } catch (error) {
    await query.destroy();
    throw unusable(error);
  }
  return databaseOf(opened);
}

/**
 * Opens the database at `url` and leaves it as it is. Throws SitepodError `unavailable` where it cannot be used, or was made by
 * another version.
 */
export async function inspectPostgres(url: string): Promise<Database> {
  const opened = connect(url);
  const { query } = opened;
  try {
    if (await isOfThisVersion(query)) return databaseOf(opened);
  } catch (error) {
    await query.destroy();
    throw unusable(error);
  }
  await query.destroy();
  throw new SitepodError(
    "unavailable",
    "The database of SITEPOD_DATABASE_URL was made by another version of sitepod. Use the one that the servers run.",
  );
}

function databaseOf({ query, together }: Pick<Database, "query" | "together">): Database {
  return {
    query,
    together,
    isShared: true,
    async check() {
      await sql`select 1`.execute(query);
    },
    async fenceContents(transaction, mode) {
      const lock = mode === "alone" ? sql`pg_advisory_xact_lock` : sql`pg_advisory_xact_lock_shared`;
      await sql`select ${lock}(${sql.lit(CONTENTS_FENCE)})`.execute(transaction);
    },
    close: () => query.destroy(),
  };
}

/** Whether opening `url` would begin an empty database. Throws SitepodError `unavailable` where it cannot be used. */
export async function isNewPostgres(url: string): Promise<boolean> {
  const { query } = connect(url);
  try {
    const { rows } = await sql<{ is_new: boolean }>`select to_regclass('workspaces') is null as is_new`.execute(query);
    return rows[0]!.is_new;
  } catch (error) {
    throw unusable(error);
  } finally {
    await query.destroy();
  }
}

/** Counts the sessions of servers with the database. Throws SitepodError `unavailable` where it cannot be used. */
export async function countPostgresSessions(url: string): Promise<number> {
  const { query } = connect(url);
  try {
    const { rows } = await sql<{ count: number }>`select count(*) as count from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and application_name like 'sitepod%'`.execute(
      query,
    );
    return rows[0]!.count;
  } catch (error) {
    throw unusable(error);
  } finally {
    await query.destroy();
  }
}

function connect(url: string): Pick<Database, "query" | "together"> {
  const pool = new SQL(url, {
    adapter: "postgres",
    max: MAX_CONNECTIONS,
    connectionTimeout: CONNECT_TIMEOUT_S,
    connection: {
      application_name: "sitepod",
      lock_timeout: LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: PAUSE_TIMEOUT_MS,
    },
  });
  const { dialect, together } = joinable(postgresDialect(pool));
  return { query: new Kysely<Schema>({ dialect, log: traceQuery("postgresql") }), together };
}

async function requireVersion(query: Kysely<Schema>): Promise<void> {
  const { rows } = await sql<{ server_version_num: string }>`show server_version_num`.execute(query);
  const version = Number(rows[0]!.server_version_num);
  if (version >= MIN_VERSION) return;
  throw new SitepodError(
    "unavailable",
    `The database is PostgreSQL ${Math.floor(version / 10_000)}, and sitepod needs 14 or newer. Sites keep serving.`,
  );
}

function unusable(error: unknown): SitepodError {
  const known = asUnavailable(error);
  if (known instanceof SitepodError) return known;
  return new SitepodError(
    "unavailable",
    "The database of SITEPOD_DATABASE_URL cannot be used; sites keep serving. The cause stands in the server's log.",
    { cause: error },
  );
}
