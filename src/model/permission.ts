/**
 * Who may do what. Each route of the API names one permission; a member's role, or a grant to one site, decides whether
 * they have it, and a token can have less than its account, never more.
 */

/** From the most to the least. */
export const ROLES = ["owner", "admin", "developer", "viewer"] as const;
export type Role = (typeof ROLES)[number];

/** What somebody may be on one site alone. */
export const SITE_ROLES = ["developer", "viewer"] as const satisfies readonly Role[];
export type SiteRole = (typeof SITE_ROLES)[number];

export const TOKEN_SCOPES = ["deploy", "read", "admin"] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

interface Rule {
  /**
   * Where it holds. `site`: a grant to the site gives it too. `account`: what concerns nobody but the caller. `server`:
   * for the administrators of the whole server, who are owners in every workspace as well.
   */
  readonly of: "site" | "workspace" | "account" | "server";
  /** The least role that has it. `member`: whoever belongs to the workspace, by a grant to one site too. */
  readonly role?: Role | "member";
  /** What a token needs. */
  readonly scope: TokenScope;
}

export const PERMISSIONS = {
  "site:read": { of: "site", role: "viewer", scope: "read" },
  "site:create": { of: "workspace", role: "developer", scope: "deploy" },
  "site:deploy": { of: "site", role: "developer", scope: "deploy" },
  "site:rollback": { of: "site", role: "developer", scope: "deploy" },
  "site:write": { of: "site", role: "admin", scope: "admin" },
  "site:delete": { of: "site", role: "admin", scope: "admin" },
  "domain:write": { of: "site", role: "admin", scope: "admin" },
  "guard:write": { of: "site", role: "admin", scope: "admin" },
  "approval:write": { of: "site", role: "developer", scope: "admin" },
  "token:write": { of: "site", role: "developer", scope: "admin" },
  "token:manage": { of: "workspace", role: "admin", scope: "admin" },
  "workspace:read": { of: "workspace", role: "member", scope: "read" },
  "workspace:leave": { of: "workspace", role: "member", scope: "admin" },
  "workspace:write": { of: "workspace", role: "admin", scope: "admin" },
  "workspace:delete": { of: "workspace", role: "owner", scope: "admin" },
  "member:read": { of: "workspace", role: "viewer", scope: "read" },
  "member:write": { of: "workspace", role: "admin", scope: "admin" },
  "webhook:read": { of: "workspace", role: "admin", scope: "read" },
  "webhook:write": { of: "workspace", role: "admin", scope: "admin" },
  "audit:read": { of: "workspace", role: "admin", scope: "read" },
  "account:read": { of: "account", scope: "read" },
  "account:write": { of: "account", scope: "admin" },
  "server:operate": { of: "server", scope: "admin" },
} as const satisfies Record<string, Rule>;

export type Permission = keyof typeof PERMISSIONS;

export const ruleOf = (permission: Permission): Rule => PERMISSIONS[permission];

/** What somebody is in a workspace, and on the site in question. */
export interface Standing {
  /** Null: no member. A member without a role has grants alone. */
  readonly member: { readonly role: Role | null } | null;
  /** Undefined where no site is in question. */
  readonly grant?: SiteRole | null | undefined;
}

/** Whether somebody of this standing has a permission that holds in a workspace or on a site. */
export function mayAs({ member, grant }: Standing, permission: Permission): boolean {
  const { of, role: least } = ruleOf(permission);
  if (!member || least === undefined) return false;
  if (least === "member") return true;
  const isAtLeast = (role: Role | null | undefined) =>
    role !== undefined && role !== null && ROLES.indexOf(role) <= ROLES.indexOf(least);
  return isAtLeast(member.role) || (of === "site" && isAtLeast(grant));
}

/** The most that somebody is where a site is in question; null: nothing. */
export function roleOf({ member, grant }: Standing): Role | null {
  const roles = [member?.role, member ? grant : null].filter((role) => role !== undefined && role !== null);
  return ROLES.find((role) => roles.includes(role)) ?? null;
}

/** What each scope includes: who may deploy may read, who may administer may do both. */
const INCLUDED: Readonly<Record<TokenScope, readonly TokenScope[]>> = {
  read: ["read"],
  deploy: ["deploy", "read"],
  admin: ["admin", "deploy", "read"],
};

/** Whether one of the scopes that a token has includes the one that is needed. */
export function includesScope(scopes: Iterable<TokenScope>, needed: TokenScope): boolean {
  for (const scope of scopes) if (INCLUDED[scope].includes(needed)) return true;
  return false;
}

/** Whether somebody in the first role may make members of the second, and change those who are. */
export function mayAppoint(role: Role | null, appointed: Role | null): boolean {
  if (role === "owner") return true;
  return role === "admin" && appointed !== "owner";
}
