import type { Kysely } from "kysely";
import { typesOf } from "./dialect.ts";

/** A lock keeps the guard that it was put before. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("guards").addColumn("over", typesOf(db).text).execute();
}
