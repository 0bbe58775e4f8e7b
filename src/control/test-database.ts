import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, type Locks, openSqlite } from "#db";

/** A database that is empty at first and gone after. */
export interface TestDatabase extends AsyncDisposable {
  readonly db: Database;
  /** Where other processes may use it at the same time. */
  readonly locks?: Locks;
  /** The same once more, as another process has it. */
  readonly openAgain?: () => Promise<TestDatabase>;
}

async function openFile(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "sitepod-control-"));
  const db = await openSqlite(join(folder, "sitepod.db"));
  return {
    db,
    async [Symbol.asyncDispose]() {
      await db.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** For tests: how they open a database. test/harness/over-postgres.ts has the same tests run over PostgreSQL. */
export const testDatabases = { open: openFile as () => Promise<TestDatabase> };
