import { runOverPostgres } from "../../harness/over-postgres.ts";

await runOverPostgres([
  "guard/guards",
  "identity/accounts",
  "identity/audit",
  "identity/device-logins",
  "identity/isolation",
  "identity/sign-in",
  "identity/workspaces",
  "quota/quotas",
  "quota/site-usage",
]);
