import type { Selectable } from "kysely";
import type { DomainTable, MountTable } from "#db";
import { mayAs, SitepodError } from "#model";
import { parseCustomDomain } from "#routing";
import type { Context } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { isWithin, memberStanding, requirePermission, standingOf } from "../identity/standing.ts";
import { sentence } from "../release/sites.ts";

export interface Domain extends Selectable<DomainTable> {
  /** Of sites that are not in the bin. */
  readonly mounts: readonly Selectable<MountTable>[];
}

/** Parses the name of a custom domain. Throws SitepodError `invalid`. */
export function requireCustomDomain(context: Context, text: string): string {
  const parsed = parseCustomDomain(text, context.addresses.domain);
  if (!parsed.ok) throw new SitepodError("invalid", `${sentence(parsed.fault)}.`);
  return parsed.value;
}

/**
 * Finds a custom domain of the actor's workspaces; for an administrator of anybody's. Throws SitepodError `invalid`
 * where it is no domain name, `not_found` where there is none and, in the same words, where it is only somebody else's,
 * `forbidden` where the actor's token is restricted to a site that is not on it, or the actor may not do what is asked.
 */
export async function findDomain(context: Context, actor: Actor, text: string): Promise<Domain> {
  const hostname = requireCustomDomain(context, text);
  const rows = await context.db.query
    .selectFrom("domains")
    .where("domains.hostname", "=", hostname)
    .selectAll("domains")
    .select(memberStanding(actor, "domains.workspace_id"))
    .orderBy("domains.status")
    .execute();
  const own = rows.filter(
    (row) => isWithin(actor, row.workspace_id) && mayAs(standingOf(actor, row), "workspace:read"),
  );
  // An administrator sees all, and means their own where they have it. "active" comes before "pending".
  const row = own.find(({ member_role }) => member_role !== null) ?? own[0];
  if (!row) {
    const shown = JSON.stringify(hostname);
    throw new SitepodError("not_found", `You have no domain ${shown}. List a site's with sitepod domain list.`);
  }
  const mounts = await context.db.query
    .selectFrom("mounts")
    .where("workspace_id", "=", row.workspace_id)
    .where("hostname", "=", hostname)
    .where("site_id", "not in", (select) => select.selectFrom("deleted_sites").select("site_id"))
    .selectAll()
    .execute();
  if (actor.siteId !== null && !mounts.some(({ site_id }) => site_id === actor.siteId)) {
    throw new SitepodError("forbidden", `This token is restricted to a site that is not on ${hostname}.`);
  }
  const { member_role, ...domain } = row;
  requirePermission(standingOf(actor, { member_role }), actor.needs, hostname);
  return { ...domain, mounts };
}
