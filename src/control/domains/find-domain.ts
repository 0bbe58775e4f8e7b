import type { Selectable } from "kysely";
import type { DomainTable, MountTable } from "#db";
import { SitepodError } from "#model";
import { parseCustomDomain } from "#routing";
import type { Context } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { sentence } from "../release/sites.ts";

export interface Domain extends Selectable<DomainTable> {
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
 * `forbidden` where the actor's token is restricted to a site that is not on it.
 */
export async function findDomain(context: Context, actor: Actor, text: string): Promise<Domain> {
  const hostname = requireCustomDomain(context, text);
  const rows = await context.db.query
    .selectFrom("domains")
    .innerJoin("workspaces", "workspaces.id", "domains.workspace_id")
    .where("domains.hostname", "=", hostname)
    .selectAll("domains")
    .select("workspaces.owner_id")
    .orderBy("domains.status")
    .execute();
  // "active" comes before "pending".
  const row = rows.find(({ owner_id }) => owner_id === actor.userId) ?? (actor.isAdmin ? rows[0] : undefined);
  if (!row) {
    const shown = JSON.stringify(hostname);
    throw new SitepodError("not_found", `You have no domain ${shown}. List a site's with sitepod domain list.`);
  }
  const mounts = await context.db.query
    .selectFrom("mounts")
    .where("workspace_id", "=", row.workspace_id)
    .where("hostname", "=", hostname)
    .selectAll()
    .execute();
  if (actor.siteId !== null && !mounts.some(({ site_id }) => site_id === actor.siteId)) {
    throw new SitepodError("forbidden", `This token is restricted to a site that is not on ${hostname}.`);
  }
  return { ...row, mounts };
}
