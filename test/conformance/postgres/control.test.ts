import { afterAll, describe } from "bun:test";
import { testDatabases } from "../../../src/control/test-database.ts";
import { createTestDatabases } from "../../harness/test-database.ts";
import { postgresIsMissing, startPostgres } from "../../harness/postgres.ts";

const reason = postgresIsMissing === undefined ? "" : ` (skipped: ${postgresIsMissing})`;

/** The tests of the control plane, all that ask a database: they pass over SQLite in `src/control`, and here. */
const files = [
  "control",
  "reconcile",
  "domains/domains",
  "domains/recheck-domains",
  "domains/reconcile-hosts",
  "domains/rename",
  "guard/guards",
  "identity/accounts",
  "identity/audit",
  "identity/isolation",
  "identity/workspaces",
  "quota/quotas",
  "quota/site-usage",
  "identity/device-logins",
  "identity/sign-in",
  "schedule",
  "traffic/traffic",
  "archive/archive",
  "domains/has-live-site",
  "release/bin",
  "release/commit",
  "release/delete-site",
  "release/purge-site",
  "release/settle-deletion",
  "release/plan",
  "release/previews",
  "retention/clean-up",
  "retention/old-releases",
  "retention/retention",
  "webhooks/deliverer",
  "webhooks/deliveries",
  "webhooks/queue-event",
  "webhooks/webhooks",
];

if (postgresIsMissing === undefined) {
  const postgres = await startPostgres();
  afterAll(() => postgres[Symbol.asyncDispose]());
  testDatabases.open = createTestDatabases(postgres);
}

describe.skipIf(postgresIsMissing !== undefined)(`over PostgreSQL${reason}`, async () => {
  // Each in a group of its own: what one file does before each of its tests is not done before those of the others.
  for (const file of files) describe(file, async () => void (await import(`../../../src/control/${file}.test.ts`)));
});
