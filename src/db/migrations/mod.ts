import type { Migration } from "kysely";
import * as initial from "./0001-initial.ts";
import * as domains from "./0002-domains.ts";
import * as incrementalPlans from "./0003-incremental-plans.ts";
import * as controlPlanes from "./0004-control-planes.ts";
import * as retention from "./0005-retention.ts";
import * as quotas from "./0006-quotas.ts";
import * as workspaces from "./0007-workspaces.ts";
import * as signIn from "./0008-sign-in.ts";
import * as deploys from "./0010-deploys.ts";
import * as webhooks from "./0011-webhooks.ts";
import * as traffic from "./0012-traffic.ts";
import * as deletedSites from "./0013-deleted-sites.ts";
import * as guardsUnderLocks from "./0014-guards-under-locks.ts";
import * as pendingChanges from "./0015-pending-changes.ts";
import * as oldSecretsAndAuditOrder from "./0016-old-secrets-and-audit-order.ts";

/** Every migration, in order. What one that has shipped makes never changes: add the next. */
export const migrations: Record<string, Migration> = {
  "0001-initial": initial,
  "0002-domains": domains,
  "0003-incremental-plans": incrementalPlans,
  "0004-control-planes": controlPlanes,
  "0005-retention": retention,
  "0006-quotas": quotas,
  "0007-workspaces": workspaces,
  "0008-sign-in": signIn,
  "0010-deploys": deploys,
  "0011-webhooks": webhooks,
  "0012-traffic": traffic,
  "0013-deleted-sites": deletedSites,
  "0014-guards-under-locks": guardsUnderLocks,
  "0015-pending-changes": pendingChanges,
  "0016-old-secrets-and-audit-order": oldSecretsAndAuditOrder,
};
