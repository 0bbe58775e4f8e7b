import type { Database as SqliteFile, SQLQueryBindings } from "bun:sqlite";
import {
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";

/**
 * Kysely over Bun's own SQLite. `assertAlive` runs before each use of the connection and throws where the file is no
 * longer the database that was opened.
 */
export function sqliteDialect(file: SqliteFile, assertAlive: () => void): Dialect {
  return {
    createDriver: () => new GuardedDriver(file, assertAlive),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

class GuardedDriver extends SqliteDriver {
  readonly #file: SqliteFile;
  readonly #assertAlive: () => void;

  constructor(file: SqliteFile, assertAlive: () => void) {
    super({ database: asKyselyDatabase(file) });
    this.#file = file;
    this.#assertAlive = assertAlive;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#assertAlive();
    return await super.acquireConnection();
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // A full or failing disk has SQLite roll back by itself (https://www.sqlite.org/lang_transaction.html, section 2.4): what
    // would be told of a second one hides the cause.
    if (this.#file.inTransaction) await super.rollbackTransaction(connection);
  }
}

function asKyselyDatabase(file: SqliteFile): SqliteDatabase {
  return {
    close: () => file.close(),
    prepare(text) {
      const statement = file.query<unknown, SQLQueryBindings[]>(text);
      return {
        reader: statement.columnNames.length > 0,
        all: (parameters) => statement.all(...(parameters as SQLQueryBindings[])),
        run: (parameters) => statement.run(...(parameters as SQLQueryBindings[])),
        iterate: (parameters) => statement.iterate(...(parameters as SQLQueryBindings[])),
      };
    },
  };
}
