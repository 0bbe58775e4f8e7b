import { SitepodError } from "#model";
import { parseHost } from "#routing";
import type { Api } from "#wire";
import { type Context, newId, nowIso } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { findSite, type Site } from "../release/sites.ts";

/** Lists where a site is reached: its own subdomain first, then custom domains by name. */
export async function listDomains(context: Context, site: Site): Promise<Api.DomainList> {
  const rows = await context.db.query
    .selectFrom("domains")
    .where("site_id", "=", site.id)
    .selectAll()
    .orderBy("hostname")
    .execute();
  const system = {
    domain: `${site.label}.${context.addresses.domain}`,
    slug: "/",
    type: "system" as const,
    status: "active" as const,
    is_primary: true,
    created_at: site.created_at,
  };
  const custom = rows.map((row) => ({
    domain: row.hostname,
    slug: "/",
    type: "custom" as const,
    status: row.status,
    is_primary: false,
    created_at: row.created_at,
  }));
  return { domains: [system, ...custom] };
}

/**
 * Notes that a site wants a custom domain; it is served once its owner has proved it by DNS. Throws SitepodError
 * `invalid` where it is not a host name, `conflict` where it is taken.
 */
export async function addDomain(
  context: Context,
  actor: Actor,
  site: Site,
  domain: string,
  slug: string,
): Promise<Api.DomainCreated> {
  const host = parseHost(domain, context.addresses.domain);
  if (host.kind !== "custom") {
    throw new SitepodError(
      "invalid",
      `${JSON.stringify(domain)} cannot be a custom domain. Give a host name outside ${context.addresses.domain}.`,
    );
  }
  if (slug !== "/") throw new SitepodError("invalid", 'A custom domain serves a whole site: its slug is "/".');
  const row = {
    hostname: host.hostname,
    site_id: site.id,
    status: "pending" as const,
    token: newId(context, "verify", 32),
    created_at: nowIso(context),
  };
  const { numInsertedOrUpdatedRows } = await context.db.query
    .insertInto("domains")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) {
    throw new SitepodError("conflict", `${host.hostname} is taken. Remove it from the site that has it first.`);
  }
  await recordEvent(context, actor, "domain.add", { site, target: host.hostname });
  return {
    domain: host.hostname,
    slug,
    status: "pending",
    verification_token: row.token,
    verification_txt: `sitepod-verify=${row.token}`,
  };
}

/** Removes a custom domain. Throws SitepodError `invalid` for a site's own subdomain, `not_found`. */
export async function removeDomain(context: Context, actor: Actor, hostname: string): Promise<void> {
  if (parseHost(hostname, context.addresses.domain).kind === "environment") {
    throw new SitepodError(
      "invalid",
      "A site's own subdomain cannot be removed. Change it with sitepod domain rename.",
    );
  }
  const row = await context.db.query
    .selectFrom("domains")
    .where("hostname", "=", hostname.toLowerCase())
    .selectAll()
    .executeTakeFirst();
  if (!row) throw unknownDomain(hostname);
  const site = await findSite(context, actor, row.site_id).catch(() => {
    throw unknownDomain(hostname);
  });
  await context.records.removeHost(row.hostname);
  await context.db.query.deleteFrom("domains").where("hostname", "=", row.hostname).execute();
  await recordEvent(context, actor, "domain.remove", { site, target: row.hostname });
}

const unknownDomain = (hostname: string) =>
  new SitepodError("not_found", `You have no domain ${JSON.stringify(hostname)}. List yours with sitepod domain list.`);
