import { sql } from "kysely";
import type { Database, Schema } from "#db";

/** For tests: has every new row of a table fail until the returned function is called. */
export async function failInserts({ query, isShared }: Database, table: keyof Schema): Promise<() => Promise<unknown>> {
  const trigger = sql.ref(`fail_${table}`);
  if (isShared) {
    await sql`create function ${trigger}() returns trigger language plpgsql as
      'begin raise exception ''cut off''; end'`.execute(query);
    await sql`create trigger ${trigger} before insert on ${sql.table(table)} execute function ${trigger}()`.execute(
      query,
    );
    return () => sql`drop function ${trigger} cascade`.execute(query);
  }
  await sql`create trigger ${trigger} before insert on ${sql.table(table)} begin select raise(abort, 'cut off'); end`.execute(
    query,
  );
  return () => sql`drop trigger ${trigger}`.execute(query);
}
