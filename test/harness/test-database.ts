import { createLocks, openPostgres } from "#db";
import type { TestDatabase } from "../../src/control/test-database.ts";

/** Opens a database in PostgreSQL as one control plane has it, with its locks. */
export async function openTestDatabase(url: string): Promise<TestDatabase> {
  const db = await openPostgres(url);
  const locks = createLocks(url);
  return {
    db,
    locks,
    openAgain: () => openTestDatabase(url),
    async [Symbol.asyncDispose]() {
      locks.close();
      await db.close();
    },
  };
}
