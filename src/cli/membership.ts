import type { Role } from "#model";
import type { Api } from "#wire";
import { Failure } from "./failure.ts";

export interface MembershipOptions {
  readonly role: Role;
  readonly site?: readonly string[];
}

/** Reads what a member is to be: of the whole workspace, or of single sites. Throws a Failure of `usage`. */
export function readMembership({ role, site }: MembershipOptions): Api.MemberRequest {
  if (site === undefined) return { role, sites: [] };
  if (role !== "developer" && role !== "viewer") {
    throw new Failure("usage", `Nobody is ${role} of a single site.`, { next: "Choose developer or viewer." });
  }
  return { role: null, sites: site.map((project) => ({ project, role })) };
}

/** `developer`, or `developer of shop, blog`. */
export function formatMembership({ role, sites }: Pick<Api.Member, "role" | "sites">): string {
  const grants = sites.map(({ project, role: siteRole }) => `${siteRole} of ${project}`);
  return [...(role === null ? [] : [role]), ...grants].join(", ");
}
