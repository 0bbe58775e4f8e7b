import { type Kysely, type Selectable, sql, type Transaction } from "kysely";
import type { Database } from "./database.ts";
import type { Schema } from "./schema.ts";

/** As many as go into one statement: both databases take more than 30,000 values, and no table has 60 columns. */
const ROWS_AT_ONCE = 500;

type Tables = Record<string, Record<string, unknown>>;
type Records = Kysely<Schema> | Transaction<Schema>;

/**
 * Copies all records, as they are at one moment, into a database of the same version, in the place of those there: all or
 * none of them. `finish` belongs to the same transaction.
 */
export async function copyRecords(
  from: Database,
  to: Database,
  finish: (transaction: Transaction<Schema>) => Promise<void> = async () => {},
): Promise<void> {
  const tables = await listTables(to);
  // One moment: PostgreSQL shows the first one to the whole transaction, and SQLite does so always.
  const reading = from.isShared
    ? from.query.transaction().setIsolationLevel("repeatable read")
    : from.query.transaction();
  await reading.execute((source) =>
    to.query.transaction().execute(async (target) => {
      // Then it asks at the end whether all that is referred to is there.
      if (!to.isShared) await sql`pragma defer_foreign_keys = on`.execute(target);
      for (const { name } of tables.toReversed()) await anyTable(target).deleteFrom(name).execute();
      for (const { name } of tables) await copyTable(source, target, name);
      for (const { name, counters } of tables) {
        for (const column of counters) await countOn(to, target, name, column);
      }
      await finish(target);
    }),
  );
}

interface Table {
  readonly name: string;
  /** Columns that count up by themselves. */
  readonly counters: readonly string[];
}

/** Lists the tables of records, in PostgreSQL those that others refer to before them. */
async function listTables({ query, isShared }: Database): Promise<Table[]> {
  const tables = (await query.introspection.getTables()).map(({ name, columns }) => ({
    name,
    counters: columns.filter(({ isAutoIncrementing }) => isAutoIncrementing).map((column) => column.name),
  }));
  return isShared ? inOrder(tables, await readReferences(query)) : tables;
}

interface Reference {
  readonly table: string;
  readonly refers_to: string;
}

async function readReferences(query: Records): Promise<Reference[]> {
  const { rows } = await sql<Reference>`select own.relname as table, other.relname as refers_to
    from pg_constraint
    join pg_class as own on own.oid = conrelid
    join pg_class as other on other.oid = confrelid
    where contype = 'f' and connamespace = current_schema()::regnamespace`.execute(query);
  return rows;
}

/** Sorts tables such that none comes before one that it refers to. Two that refer to each other stay as they are. */
export function inOrder<T extends { readonly name: string }>(
  tables: readonly T[],
  references: readonly Reference[],
): T[] {
  const sorted: T[] = [];
  const rest = new Map(tables.map((table) => [table.name, table]));
  while (rest.size > 0) {
    const waits = ({ name }: T) =>
      references.some(({ table, refers_to }) => table === name && refers_to !== name && rest.has(refers_to));
    const ready = [...rest.values()].filter((table) => !waits(table));
    for (const table of ready.length > 0 ? ready : [...rest.values()]) {
      sorted.push(table);
      rest.delete(table.name);
    }
  }
  return sorted;
}

async function copyTable(source: Records, target: Transaction<Schema>, name: string): Promise<void> {
  let rows: Selectable<Tables[string]>[] = [];
  const write = async () => {
    if (rows.length > 0) await anyTable(target).insertInto(name).values(rows).execute();
    rows = [];
  };
  for await (const row of anyTable(source).selectFrom(name).selectAll().stream(ROWS_AT_ONCE)) {
    if (rows.push(row) === ROWS_AT_ONCE) await write();
  }
  await write();
}

/** PostgreSQL does not count the ids that it is told. */
async function countOn(to: Database, target: Transaction<Schema>, name: string, column: string): Promise<void> {
  if (!to.isShared) return;
  const [table, id] = [sql.table(name), sql.ref(column)];
  await sql`select setval(pg_get_serial_sequence(${`"${name}"`}, ${column}), coalesce(max(${id}), 0) + 1, false)
    from ${table}`.execute(target);
}

/** Tables by names that are known only now. */
const anyTable = (query: Records): Kysely<Tables> => query as unknown as Kysely<Tables>;
