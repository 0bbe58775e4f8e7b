import { sql } from "kysely";
import { mayAs, type Permission, type Role, ruleOf, SitepodError, type SiteRole, type Standing } from "#model";
import type { Actor } from "./actor.ts";

/**
 * What the actor is to the site of a row, as columns of a query over `sites`. So one query finds a site with everything
 * that decides whether it is shown, and the database is asked the same for one that is not shown as for none.
 */
export const siteStanding = (actor: Actor) => [
  ...memberStanding(actor, "sites.workspace_id"),
  sql<SiteRole | null>`(select role from site_grants
    where site_grants.site_id = sites.id and site_grants.user_id = ${actor.userId})`.as("grant_role"),
];

/** What the actor is in the workspace whose id the column holds. */
export const memberStanding = (
  { userId }: Actor,
  column: "sites.workspace_id" | "domains.workspace_id" | "workspaces.id",
) => [
  sql<StandingRow["member_role"]>`(select coalesce(role, 'none') from members
    where members.workspace_id = ${sql.ref(column)} and members.user_id = ${userId})`.as("member_role"),
];

export interface StandingRow {
  /** Null: no member. `none`: a member without a role. */
  readonly member_role: Role | "none" | null;
  readonly grant_role?: SiteRole | null;
}

/** What the row says, for the actor: the server's administrators are owners everywhere. */
export function standingOf(actor: Actor, { member_role: role, grant_role: grant }: StandingRow): Standing {
  if (actor.isAdmin) return { member: { role: "owner" } };
  return { member: role === null ? null : { role: role === "none" ? null : role }, grant };
}

/** Whether something of a workspace is there for the actor: a token of another workspace sees nothing. */
export const isWithin = (actor: Actor, workspaceId: string): boolean =>
  actor.workspaceId === undefined || actor.workspaceId === workspaceId;

/** Throws SitepodError `forbidden` where somebody who sees a site or a workspace may not do there what is asked for. */
export function requirePermission(standing: Standing, permission: Permission | undefined, where: string): void {
  if (permission === undefined || mayAs(standing, permission)) return;
  const { role } = ruleOf(permission);
  const own = standing.member?.role ?? standing.grant;
  const yours = own ? `you are ${article(own)} of` : "you are only on single sites of";
  throw new SitepodError(
    "forbidden",
    `That needs the permission "${permission}", which ${role ?? "nobody"}s have, and ${yours} ${where}. ` +
      "Ask an owner or an admin of it.",
  );
}

const article = (role: Role): string => (/^[ao]/.test(role) ? `an ${role}` : `a ${role}`);
