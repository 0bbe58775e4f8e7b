import { sql } from "kysely";
import type { Database, Schema } from "#db";

/** For tests: has every new row of a table fail until the returned function is called; of events, those of one action. */
export async function failInserts(
  { query, isShared }: Database,
  table: keyof Schema,
  action?: string,
): Promise<() => Promise<unknown>> {
  const trigger = sql.ref(`fail_${table}`);
  const when = action === undefined ? sql`` : sql`when (new.action = ${sql.lit(action)})`;
  if (isShared) {
    await sql`create function ${trigger}() returns trigger language plpgsql as
      'begin raise exception ''cut off''; end'`.execute(query);
    await sql`create trigger ${trigger} before insert on ${sql.table(table)} for each row ${when}
      execute function ${trigger}()`.execute(query);
    return () => sql`drop function ${trigger} cascade`.execute(query);
  }
  await sql`create trigger ${trigger} before insert on ${sql.table(table)} ${when}
    begin select raise(abort, 'cut off'); end`.execute(query);
  return () => sql`drop trigger ${trigger}`.execute(query);
}
