import type { Api } from "#wire";
import type { Context } from "../context.ts";
import type { Site } from "../release/sites.ts";
import { listRecords } from "./dns-records.ts";

/** Lists where a site is reached: its own subdomain first, then custom domains by name and path. */
export async function listDomains(context: Context, site: Site): Promise<Api.DomainList> {
  const { addresses } = context;
  const rows = await context.db.query
    .selectFrom("mounts")
    .innerJoin("domains", (join) =>
      join.onRef("domains.workspace_id", "=", "mounts.workspace_id").onRef("domains.hostname", "=", "mounts.hostname"),
    )
    .where("mounts.site_id", "=", site.id)
    .selectAll("mounts")
    .select(["domains.status", "domains.token", "domains.missing_since"])
    .orderBy("mounts.hostname")
    .orderBy("mounts.path")
    .execute();
  const isAnyPending = rows.some(({ status }) => status === "pending");
  const ownAddresses = isAnyPending ? await findOwnAddresses(context) : [];
  const system = {
    domain: siteName(context, site),
    slug: "/",
    type: "system" as const,
    status: "active" as const,
    is_primary: true,
    created_at: site.created_at,
    environment: "prod" as const,
    redirect_to: null,
    url: addresses.site(site.label, "prod"),
    missing_since: null,
    certificate_expires_at: certificateEnd(context, siteName(context, site)),
    records: [],
  };
  const custom = rows.map((row) => ({
    domain: row.hostname,
    slug: row.path,
    type: "custom" as const,
    status: row.status,
    is_primary: false,
    created_at: row.created_at,
    environment: row.environment,
    redirect_to: row.redirect_to,
    url: addresses.custom(row.hostname, row.path),
    missing_since: row.missing_since,
    certificate_expires_at: row.status === "active" ? certificateEnd(context, row.hostname) : null,
    records:
      row.status === "active"
        ? []
        : listRecords({ ...row, siteName: siteName(context, site), addresses: ownAddresses }),
  }));
  return { domains: [system, ...custom] };
}

function certificateEnd({ certificateEndMs }: Context, hostname: string): string | null {
  const endMs = certificateEndMs(hostname);
  return endMs === undefined ? null : new Date(endMs).toISOString();
}

/** What a custom domain's CNAME names. */
export const siteName = ({ addresses }: Context, site: Site): string => `${site.label}.${addresses.domain}`;

/** The addresses that a custom domain's A and AAAA records name: as the operator said, else those of the base domain. */
export async function findOwnAddresses(context: Context): Promise<readonly string[]> {
  const { publicAddresses } = context.settings;
  if (publicAddresses.length > 0) return publicAddresses;
  return await context.dns.findAddresses(context.addresses.domain).catch((cause: unknown) => {
    context.log("DNS cannot tell this server's own addresses; set them with --public-address", cause);
    return [];
  });
}
