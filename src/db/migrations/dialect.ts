import {
  type ColumnDefinitionBuilder,
  type ColumnDataType,
  type Kysely,
  PostgresAdapter,
  type RawBuilder,
  sql,
} from "kysely";

/** What the two databases write in different ways. On PostgreSQL a text is compared as on SQLite: by its bytes. */
export interface Types {
  readonly text: ColumnDataType | RawBuilder<unknown>;
  /** The type of a key that counts up, and what makes it one. */
  readonly counter: ColumnDataType;
  readonly countUp: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;
  readonly isPostgres: boolean;
}

export function typesOf(db: Kysely<unknown>): Types {
  const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
  return isPostgres
    ? {
        text: sql`text collate "C"`,
        counter: "bigint",
        countUp: (column) => column.primaryKey().generatedByDefaultAsIdentity(),
        isPostgres,
      }
    : { text: "text", counter: "integer", countUp: (column) => column.primaryKey().autoIncrement(), isPostgres };
}
