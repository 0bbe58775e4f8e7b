import { Database as SqliteFile } from "bun:sqlite";

/**
 * Has a database forget who sent the contents that are not in `digests`: it is a copy, and they were not copied with it.
 * Who deploys them again is then asked to send them.
 */
export function forgetAbsentBlobs(path: string, digests: Iterable<string>): void {
  using file = new SqliteFile(path, { create: false, readwrite: true });
  file.run("create temp table present (digest text primary key)");
  const insert = file.prepare("insert or ignore into present values (?)");
  file.transaction(() => {
    for (const digest of digests) insert.run(digest);
    file.run("delete from workspace_blobs where digest not in (select digest from present)");
  })();
}
