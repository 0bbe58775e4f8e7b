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
    createDriver: () => new GuardedDriver({ database: asKyselyDatabase(file) }, assertAlive),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

class GuardedDriver extends SqliteDriver {
  readonly #assertAlive: () => void;

  constructor(config: ConstructorParameters<typeof SqliteDriver>[0], assertAlive: () => void) {
    super(config);
    this.#assertAlive = assertAlive;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#assertAlive();
    return await super.acquireConnection();
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
