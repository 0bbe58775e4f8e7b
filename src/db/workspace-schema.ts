import type { Generated } from "kysely";
import type { ApprovalState, Environment, Guard, Role, SiteRole } from "#model";

/** The tenant boundary. One without an owner waits for the first account. */
export interface WorkspaceTable {
  id: string;
  name: string;
  /** One of its owners, who stands for it in the v1 API, and whose allowance its sites count against. */
  owner_id: string | null;
  /** The account that it was made for, and whose requests mean it where they name no other. */
  home_of: Generated<string | null>;
  created_at: string;
  /** When a content was last found to be lost: releases from before are not relied on. */
  lost_at: Generated<string | null>;
}

export interface MemberTable {
  workspace_id: string;
  user_id: string;
  /** Null: a member of some sites alone, by grants. */
  role: Role | null;
  joined_at: string;
}

/** What a member is on one site, beside the role that they have in the workspace. */
export interface SiteGrantTable {
  site_id: string;
  user_id: string;
  workspace_id: string;
  role: SiteRole;
}

export interface InvitationTable {
  id: string;
  workspace_id: string;
  /** SHA-256 of the secret in the link, hexadecimal. */
  hash: string;
  role: Role | null;
  /** The address that alone may accept it. */
  email: string | null;
  created_by: string;
  created_at: string;
  expires_at: string;
  revoked_at: string | null;
  accepted_at: string | null;
  accepted_by: string | null;
}

/** A grant that comes with an invitation. */
export interface InvitedSiteTable {
  invitation_id: string;
  site_id: string;
  role: SiteRole;
}

export interface TokenTable {
  id: string;
  user_id: string;
  name: string;
  /** SHA-256 of the token, hexadecimal. */
  hash: string;
  prefix: string;
  /** Separated by spaces. */
  scopes: string;
  /** Null: as far as its account may go. */
  workspace_id: Generated<string | null>;
  site_id: string | null;
  /** Separated by spaces. Null: all. */
  environments: Generated<string | null>;
  created_at: string;
  last_used_at: string | null;
  expires_at: string | null;
}

/** Triggers of the database refuse any change of a row. */
export interface AuditEventTable {
  id: Generated<number>;
  at: string;
  /** Whose log it is in. Null: the server's own alone. */
  workspace_id: string | null;
  user_id: string | null;
  /** Who it was, kept after the account is gone. */
  actor: string | null;
  token_id: string | null;
  token_name: string | null;
  action: string;
  site_id: string | null;
  site_name: string | null;
  target: string | null;
  address: string | null;
  /** JSON; null where there was nothing, or nothing that says more than the target. */
  before: string | null;
  after: string | null;
}

export interface GuardTable {
  site_id: string;
  environment: Environment;
  kind: Guard["kind"];
  /** Of a lock. */
  reason: string | null;
  /** What a lock was put before, and comes back when it is taken off. */
  over: "approval" | null;
  set_by: string;
  set_at: string;
}

/** A move that was asked for, of an environment whose guard wants another member's word. */
export interface ApprovalTable {
  id: string;
  site_id: string;
  environment: Environment;
  version: number;
  action: "release" | "rollback";
  expected_release: string | null;
  in_order: "releases" | "commits" | null;
  /** One that has expired stays pending here. */
  state: Exclude<ApprovalState, "expired">;
  requested_by: string;
  requested_at: string;
  expires_at: string;
  decided_by: string | null;
  decided_at: string | null;
  comment: string | null;
  /** What the move replaced, once it has happened. */
  previous_version: number | null;
  ref_version: number | null;
}

/** A change of the store that was begun, and of which the rows and the event are not there yet. */
export interface PendingChangeTable {
  id: string;
  kind: string;
  /** In which it is made: who has it, and finds the change here, finds what was cut off. */
  turn: string;
  site_id: string | null;
  /** Whose change it is, JSON. */
  author: string;
  /** What it is, JSON: of its kind. */
  data: string;
  begun_at: string;
}
