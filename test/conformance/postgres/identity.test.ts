import { runOverPostgres } from "../../harness/over-postgres.ts";

await runOverPostgres([
  "change-store",
  "guard/guards",
  "identity/accounts",
  "identity/audit",
  "identity/audit-whole",
  "identity/device-logins",
  "identity/isolation",
  "identity/sign-in",
  "identity/workspaces",
  "quota/quotas",
  "quota/site-usage",
  "together",
]);
