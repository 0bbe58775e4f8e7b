import type { ReservedSQL, SQL } from "bun";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from "kysely";
import { assertHeld } from "./held.ts";
import { asUnavailable } from "./postgres-failure.ts";

/** The type of 64-bit integers, in which PostgreSQL counts (its catalog, pg_type.dat). */
const INT8 = 20;

/** Kysely over Bun's own PostgreSQL client. Who has lost a lock that it works under gets no connection any more. */
export function postgresDialect(pool: SQL): Dialect {
  return {
    createDriver: () => new PostgresDriver(pool),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  };
}

class PostgresDriver implements Driver {
  readonly #pool: SQL;

  constructor(pool: SQL) {
    this.#pool = pool;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    assertHeld();
    return new PostgresConnection(await this.#pool.reserve().catch(throwUnavailable));
  }

  async beginTransaction(connection: DatabaseConnection, { isolationLevel }: TransactionSettings): Promise<void> {
    await ask(connection, isolationLevel ? `begin isolation level ${isolationLevel}` : "begin");
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    assertHeld();
    await ask(connection, "commit");
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await ask(connection, "rollback");
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    await (connection as PostgresConnection).release();
  }

  async destroy(): Promise<void> {
    await this.#pool.close({ timeout: 1 });
  }
}

type Rows = Record<string, unknown>[] & SQL.ResultMetadata;

class PostgresConnection implements DatabaseConnection {
  readonly #reserved: ReservedSQL;

  constructor(reserved: ReservedSQL) {
    this.#reserved = reserved;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    assertHeld();
    return await this.ask<Row>(sql, parameters);
  }

  async ask<Row>(sql: string, parameters: readonly unknown[]): Promise<QueryResult<Row>> {
    const rows = (await this.#reserved.unsafe(sql, [...parameters]).catch(throwUnavailable)) as Rows;
    const counts = (rows.columns ?? []).filter(({ type }) => type === INT8).map(({ name }) => name);
    for (const row of counts.length > 0 ? rows : []) {
      for (const name of counts) if (row[name] !== null) row[name] = Number(row[name]);
    }
    return { rows: [...rows] as Row[], numAffectedRows: BigInt(rows.affectedRows) };
  }

  /** Within a transaction, one at a time. */
  async *streamQuery<Row>({ sql, parameters }: CompiledQuery, rows: number): AsyncIterableIterator<QueryResult<Row>> {
    await this.ask(`declare streamed no scroll cursor for ${sql}`, parameters);
    for (;;) {
      const fetched = await this.ask<Row>(`fetch forward ${rows} from streamed`, []);
      if (fetched.rows.length === 0) break;
      yield fetched;
    }
    await this.ask("close streamed", []);
  }

  async release(): Promise<void> {
    await this.#reserved.release();
  }
}

/** Ends a transaction also for who has lost a lock. */
const ask = (connection: DatabaseConnection, text: string) => (connection as PostgresConnection).ask(text, []);

function throwUnavailable(error: unknown): never {
  throw asUnavailable(error);
}
