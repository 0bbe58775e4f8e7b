import { type Kysely, Migrator, type Transaction } from "kysely";
import { SitepodError } from "#model";
import { migrations } from "./migrations/mod.ts";
import type { Schema } from "./schema.ts";
import type { RunTogether } from "./together.ts";

/** The control plane's records, wherever they are kept. */
export interface Database {
  readonly query: Kysely<Schema>;
  /** Whether other control planes may use it at the same time. */
  readonly isShared: boolean;
  /**
   * Runs a work all of whose queries are one transaction, also those of a library: from the first that changes something. Such
   * a work takes no turn and waits for nothing outside once it has changed something. Turns are taken around it.
   */
  readonly together: RunTogether;
  /** Throws SitepodError `unavailable` where the database cannot be used now. */
  check(): Promise<void>;
  /**
   * Orders transactions that read or change who has which contents, across all control planes: those that call it by
   * "alone" wait for all others, until they end. Called first in a transaction.
   */
  fenceContents(transaction: Transaction<Schema>, mode: "shared" | "alone"): Promise<void>;
  close(): Promise<void>;
}

/**
 * Brings a database up to date. Several may do so at once: they take turns. Where an older version has made it, `before` is
 * called first, with the name of the first migration that it lacks. Throws SitepodError `unavailable` where the database was
 * made by a newer version, and what the database throws.
 */
export async function migrate(
  query: Kysely<Schema>,
  before: (migration: string) => Promise<void> | void = () => {},
): Promise<void> {
  const migrator = new Migrator({ db: query, provider: { getMigrations: async () => migrations } });
  // A new database has no such table. What else is wrong, the migrator meets too.
  const applied = await readApplied(query).catch(() => []);
  const unknown = applied.filter((name) => !Object.hasOwn(migrations, name));
  if (unknown.length > 0) throw new NewerDatabase(unknown);
  const names = new Set(applied);
  const lacking = Object.keys(migrations).find((name) => !names.has(name));
  if (names.size > 0 && lacking !== undefined) await before(lacking);
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/** Whether a database is exactly of this version: `false` where it is new, or was made by another. */
export async function isOfThisVersion(query: Kysely<Schema>): Promise<boolean> {
  const applied = await readApplied(query);
  return applied.toSorted().join() === Object.keys(migrations).toSorted().join();
}

async function readApplied(query: Kysely<Schema>): Promise<string[]> {
  const table = query.withTables<{ kysely_migration: { name: string } }>().selectFrom("kysely_migration");
  return (await table.select("name").execute()).map(({ name }) => name);
}

/** A newer version has changed the database. It is whole, and not to be replaced. */
export class NewerDatabase extends SitepodError {
  constructor(unknown: readonly string[]) {
    super(
      "unavailable",
      `A newer version of sitepod has changed the database (${unknown.toSorted().join(", ")}), and this one does not know ` +
        "how. Sites keep serving. Start the newer version again, or restore the backup from before the upgrade.",
    );
  }
}

/** The codes of what says that the database itself is broken or away, rather than the query. */
const FAILURE = /^SQLITE_(CORRUPT|NOTADB|IOERR|CANTOPEN|READONLY|FULL|PERM|AUTH|PROTOCOL)/;

/** Whether an error thrown by a query says that the database itself cannot be used. */
export function isDatabaseFailure(error: unknown): boolean {
  if (error instanceof SitepodError) return error.code === "unavailable";
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && FAILURE.test(code);
}

/** Whether an error thrown by a query says that the disk of the database is full (PostgreSQL: class 53, appendix A). */
export function isDatabaseFull(error: unknown): boolean {
  const { code, errno } = (error ?? {}) as { code?: unknown; errno?: unknown };
  return code === "SQLITE_FULL" || errno === "53100";
}

/** Whether a query was refused because a row with the same unique values is there. */
export function isUniqueViolation(error: unknown): boolean {
  const { code, errno } = (error ?? {}) as { code?: unknown; errno?: unknown };
  return errno === "23505" || code === "SQLITE_CONSTRAINT_UNIQUE" || code === "SQLITE_CONSTRAINT_PRIMARYKEY";
}
