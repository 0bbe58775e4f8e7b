/** All that the audit log tells of. Each is in the table of `audit-cases.ts`, by which it is shown to be one with its change. */
export type AuditAction =
  | `account.${"delete" | "login" | "password" | "register" | "reset_link"}`
  | `account.${"codes_off" | "codes_on" | "recovery_codes" | "second_factor_removed"}`
  | `account.${"device_approve" | "device_deny" | "passkey_added" | "passkey_removed" | "provider_connected" | "provider_disconnected"}`
  | `access.${"link" | "open" | "protect"}`
  | `approval.${"approve" | "refuse" | "request" | "withdraw"}`
  | `domain.${"add" | "release" | "remove" | "verify"}`
  | `environment.${"release" | "rollback"}`
  | `guard.${"remove" | "set"}`
  | `invitation.${"create" | "revoke"}`
  | `member.${"change" | "join" | "leave" | "remove"}`
  | `preview.${"create" | "delete"}`
  | "quota.set"
  | `release.${"create" | "remove"}`
  | `server.${"cleanup" | "gc"}`
  | "session.revoke"
  | `site.${"create" | "delete" | "export" | "import" | "purge" | "rename" | "restore" | "retention"}`
  | `token.${"create" | "revoke"}`
  | `webhook.${"create" | "delete" | "disable" | "redeliver" | "rotate" | "test" | "update"}`
  | `workspace.${"create" | "delete" | "rename"}`;
