import { afterAll, describe } from "bun:test";
import { testDatabases } from "../../src/control/test-database.ts";
import { postgresIsMissing, startPostgres } from "./postgres.ts";
import { createTestDatabases } from "./test-database.ts";

/** Runs tests of the control plane, which pass over SQLite where they are, over a PostgreSQL of their own; each by its path in `src/control`. */
export async function runOverPostgres(files: readonly string[]): Promise<void> {
  if (postgresIsMissing === undefined) {
    const postgres = await startPostgres();
    afterAll(() => postgres[Symbol.asyncDispose]());
    testDatabases.open = createTestDatabases(postgres);
  }
  const reason = postgresIsMissing === undefined ? "" : ` (skipped: ${postgresIsMissing})`;
  describe.skipIf(postgresIsMissing !== undefined)(`over PostgreSQL${reason}`, () => {
    // Each in a group of its own: what one file does before each of its tests is not done before those of the others.
    for (const file of files) describe(file, async () => void (await import(`../../src/control/${file}.test.ts`)));
  });
}
