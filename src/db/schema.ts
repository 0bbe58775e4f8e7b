import type { Generated } from "kysely";
import type { DeployLineTable, DeployTable, UploadTable } from "./deploy-tables.ts";
import type { TrafficReportTable, TrafficTable } from "./traffic-tables.ts";
import type {
  AccountTable,
  DeviceCodeTable,
  KnownPlaceTable,
  PasskeyTable,
  SessionTable,
  TwoFactorTable,
  VerificationTable,
} from "./sign-in-schema.ts";
import type { OldWebhookSecretTable, WebhookDeliveryTable, WebhookTable } from "./webhook-tables.ts";
import type {
  ApprovalTable,
  AuditEventTable,
  GuardTable,
  InvitationTable,
  InvitedSiteTable,
  MemberTable,
  PendingChangeTable,
  SiteGrantTable,
  TokenTable,
  WorkspaceTable,
} from "./workspace-schema.ts";

export type { DeployTable, UploadTable } from "./deploy-tables.ts";
export type { WebhookDeliveryTable, WebhookTable } from "./webhook-tables.ts";

/**
 * The control plane's records: who did what, and why. What is served is told by the refs, never by these tables.
 * Times are ISO 8601 text. `user`, `session`, `account`, `verification`, `twoFactor` and `deviceCode` are Better Auth's, with
 * its column names.
 */
export interface Schema {
  user: UserTable;
  session: SessionTable;
  account: AccountTable;
  verification: VerificationTable;
  twoFactor: TwoFactorTable;
  deviceCode: DeviceCodeTable;
  passkeys: PasskeyTable;
  known_places: KnownPlaceTable;
  workspaces: WorkspaceTable;
  members: MemberTable;
  site_grants: SiteGrantTable;
  invitations: InvitationTable;
  invited_sites: InvitedSiteTable;
  guards: GuardTable;
  approvals: ApprovalTable;
  sites: SiteTable;
  deleted_sites: DeletedSiteTable;
  releases: ReleaseTable;
  deployments: DeploymentTable;
  uploads: UploadTable;
  workspace_blobs: WorkspaceBlobTable;
  previews: PreviewTable;
  domains: DomainTable;
  mounts: MountTable;
  tokens: TokenTable;
  audit_events: AuditEventTable;
  pending_changes: PendingChangeTable;
  schedules: ScheduleTable;
  condemned_blobs: CondemnedBlobTable;
  garbage_runs: GarbageRunTable;
  server_keys: ServerKeyTable;
  login_attempts: LoginAttemptsTable;
  request_counts: RequestCountsTable;
  workspace_quotas: WorkspaceQuotaTable;
  workspace_usage: WorkspaceUsageTable;
  deploys: DeployTable;
  deploy_lines: DeployLineTable;
  traffic: TrafficTable;
  traffic_reports: TrafficReportTable;
  webhooks: WebhookTable;
  webhook_deliveries: WebhookDeliveryTable;
  webhook_old_secrets: OldWebhookSecretTable;
}

export interface UserTable {
  id: string;
  name: string;
  email: string;
  emailVerified: number;
  image: string | null;
  createdAt: string;
  updatedAt: string;
  role: "admin" | "user";
  twoFactorEnabled: Generated<number | null>;
}

export interface SiteTable {
  id: string;
  workspace_id: string;
  name: string;
  /** The current subdomain. */
  label: string;
  created_at: string;
  updated_at: string;
}

/** A site that is in the bin. */
export interface DeletedSiteTable {
  site_id: string;
  deleted_at: string;
  /** Whose request it was. Null: not known, since the database was lost meanwhile. */
  deleted_by: string | null;
  /** Where it was on custom domains, JSON: a list of `{ domain, slug }`. Another site may have these places by now. */
  domains: string;
  /** Since when it is being deleted for good: it cannot be restored any more. */
  purging_at: string | null;
}

export interface ReleaseTable {
  site_id: string;
  version: number;
  image_id: string;
  manifest: string;
  files_count: number;
  total_size: number;
  created_at: string;
  created_by: string;
  trigger: "cli" | "api" | "system";
  message: string | null;
  git_commit: string | null;
  git_branch: string | null;
  git_message: string | null;
  /** When the commit was made. */
  git_time: Generated<string | null>;
  /** When retention removed it: it can be neither shown nor pointed to any more. */
  removed_at: Generated<string | null>;
}

/** One move of an environment's pointer. */
export interface DeploymentTable {
  id: Generated<number>;
  site_id: string;
  environment: "prod" | "beta";
  version: number;
  previous_version: number | null;
  ref_version: number;
  action: "release" | "rollback";
  user_id: string;
  at: string;
}

/** Which content a workspace has uploaded: only that may it serve, though storage is shared. */
export interface WorkspaceBlobTable {
  workspace_id: string;
  digest: string;
  /** 1: a release of the workspace has it, and it is counted in `workspace_usage`. */
  is_held: Generated<number>;
}

export interface PreviewTable {
  site_id: string;
  slug: string;
  version: number;
  created_by: string;
  created_at: string;
  expires_at: string;
}

/** A name that a workspace wants. Several may want the same one; one at most has proved it. */
export interface DomainTable {
  workspace_id: string;
  /** `example.com` or `*.example.com`. */
  hostname: string;
  status: "pending" | "active";
  token: string;
  created_at: string;
  verified_at: string | null;
  /** When DNS was last asked and could tell. */
  checked_at: string | null;
  /** Since when a domain that was proved has no proof in DNS. */
  missing_since: string | null;
}

/** Where on a domain a site is. */
export interface MountTable {
  workspace_id: string;
  hostname: string;
  path: string;
  site_id: string;
  environment: "prod" | "beta";
  /** The host that this one only leads to. */
  redirect_to: string | null;
  created_at: string;
}

/** Work that some control plane does from time to time. */
export interface ScheduleTable {
  name: string;
  /** Grows by one with each run: one that was overtaken finds another's here. */
  epoch: number;
  next_at: string;
}

/** A blob that is being removed. Who wants it in a release waits until it is gone, or that time is over. */
interface CondemnedBlobTable {
  digest: string;
  until: string;
}

/** How far a collection of garbage is, or how the last one ended. There is one row. */
export interface GarbageRunTable {
  id: "last";
  begun_at: string;
  /** When it last told how far it is. */
  told_at: string;
  ended_at: string | null;
  /** Why it ended before its end. */
  fault: string | null;
  /** `releases`: old ones are removed; `names`: what is named is read; `contents`: what nothing names is removed. */
  phase: "releases" | "names" | "contents" | "done";
  /** Contents are gone through in a circle, by the first two digits of their digests, from here … */
  first: string;
  /** … and so far. The next one begins here, where this was cut off. */
  next: string;
  removed_releases: number;
  referenced_blobs: number;
  total_blobs: number;
  deleted_blobs: number;
  freed_bytes: number;
}

/** Secrets that all control planes must have alike. */
interface ServerKeyTable {
  name: string;
  value: string;
}

/** Counted by rate-limiter-flexible. */
interface LoginAttemptsTable {
  key: string;
  points: number;
  /** Milliseconds since the epoch. */
  expire: number | null;
}

/** Requests of a workspace in the minute that ends at `expire`, counted by rate-limiter-flexible. */
type RequestCountsTable = LoginAttemptsTable;

/** What an administrator has decided for a workspace. Null: as the server's options say. */
export interface WorkspaceQuotaTable {
  workspace_id: string;
  max_files: number | null;
  max_file_size: number | null;
  max_deploy_size: number | null;
  max_stored_size: number | null;
  max_sites: number | null;
  max_requests_per_minute: number | null;
}

/** How many bytes the releases of a workspace hold, each content once: never fewer than that, and sometimes more. */
export interface WorkspaceUsageTable {
  workspace_id: string;
  stored_size: number;
  /** The releases that were counted. Where there are others by now, it is to be counted anew. */
  releases: number;
  /** Commits that were counted and may never have become releases. Above 0 it is to be counted anew. */
  doubts: number;
}
