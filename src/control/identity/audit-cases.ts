import type { AuditAction } from "./audit-actions.ts";
import type { AuditCase } from "./audit-case.ts";
import { ACCOUNT_CASES } from "./audit-cases-of-accounts.ts";
import { SITE_CASES } from "./audit-cases-of-sites.ts";
import { WORKSPACE_CASES } from "./audit-cases-of-workspaces.ts";

/** Of each action, how it comes about. */
export const AUDIT_CASES: Record<AuditAction, AuditCase | readonly AuditCase[]> = {
  ...ACCOUNT_CASES,
  ...WORKSPACE_CASES,
  ...SITE_CASES,
};
