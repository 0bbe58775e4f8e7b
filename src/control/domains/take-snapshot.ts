import { type Kysely, sql } from "kysely";
import type { Schema } from "#db";
import type { Store } from "#store";

/** What is counted or noted at each request, whatever comes of it. */
const COUNTED: readonly string[] = ["login_attempts", "request_counts"];
const FOLDERS = ["sites/", "releases/", "refs/", "previews/", "hosts/", "imports/"];

/** For tests: the text of all that a database and a store hold, but for when tokens were last used. */
export async function takeSnapshot(query: Kysely<Schema>, { documents }: Store): Promise<string> {
  const tables: unknown[] = [];
  for (const { name } of await query.introspection.getTables()) {
    if (COUNTED.includes(name)) continue;
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(query);
    tables.push([name, rows.map((row) => JSON.stringify({ ...row, last_used_at: undefined })).toSorted()]);
  }
  const files: unknown[] = [];
  for (const folder of FOLDERS) {
    for await (const key of documents.list(folder)) files.push([key, await documents.read(key)]);
  }
  return JSON.stringify({ tables, files }, undefined, 1);
}
