import { mayAppoint, mayAs, type Role, ROLES } from "#model";
import type { Api } from "#wire";

/** What somebody is in a workspace, and on single sites of it. */
export type Membership = Pick<Api.Member, "role" | "sites">;

/** What each role is for, in a few words. */
const ABOUT: Record<Role, string> = {
  owner: "everything, deleting the workspace too",
  admin: "members, domains, guards, the audit log",
  developer: "makes sites, deploys, rolls back, approves",
  viewer: "sees sites, releases and members",
};

/** The roles that somebody in the role `own` may give, as choices; null: none but on single sites. */
export const roleChoices = (own: Role | null): { readonly value: Role | null; readonly label: string }[] => [
  ...ROLES.filter((role) => mayAppoint(own, role)).map((value) => ({ value, label: `${value}: ${ABOUT[value]}` })),
  { value: null, label: "on single sites alone" },
];

/** Says what somebody is: "developer", "viewer, and developer of shop", "developer of shop". */
export function describeMembership({ role, sites }: Membership): string {
  const grants = sites.map((grant) => `${grant.role} of ${grant.project}`).join(", ");
  if (role === null) return grants || "nothing any more";
  return grants === "" ? role : `${role}, and ${grants}`;
}

/** Whether the reader may release on a site. Before it is known who they are there, it is offered: most may. */
export const mayDeploy = (site: Pick<Api.Project, "role"> | undefined): boolean =>
  !site || mayAs({ member: { role: site.role } }, "site:deploy");
