import type { Kysely } from "kysely";
import type { Schema } from "#db";
import type { HostRecord } from "#model";
import type { Context } from "../context.ts";
import { isLive } from "../release/is-live.ts";

/**
 * Makes a host's file in the store say what the database says of the domain now: who proved it, and which sites are on
 * it. A change of that is handed in, so that nobody sees the one without the other; calling it again changes nothing.
 */
export async function publishHost(
  context: Context,
  hostname: string,
  change: () => Promise<unknown> = async () => {},
): Promise<void> {
  // In turn, and read within: of two changes, the later is written last.
  await inHostTurn(context, hostname, async () => {
    await change();
    const record = await findRecord(context, hostname);
    if (record) await context.records.writeHost(record);
    else await context.records.removeHost(hostname);
  });
}

/** Works on what the database says of a host while nobody else does. */
export const inHostTurn = <T>(context: Context, hostname: string, work: () => Promise<T>): Promise<T> =>
  context.inTurn(`host ${hostname}`, work);

async function findRecord(context: Context, hostname: string): Promise<HostRecord | undefined> {
  const rows = await context.db.query
    .selectFrom("domains")
    .innerJoin("mounts", (join) =>
      join.onRef("mounts.workspace_id", "=", "domains.workspace_id").onRef("mounts.hostname", "=", "domains.hostname"),
    )
    .innerJoin("sites", "sites.id", "mounts.site_id")
    .where("domains.hostname", "=", hostname)
    .where("domains.status", "=", "active")
    .where(isLive)
    .select([
      "domains.token",
      "domains.verified_at",
      "mounts.path",
      "mounts.environment",
      "mounts.redirect_to",
      "sites.label",
    ])
    .orderBy("mounts.path")
    .execute();
  const [first] = rows;
  if (!first) return undefined;
  return {
    hostname,
    token: first.token,
    verified_at: first.verified_at ?? "",
    mounts: rows.map(({ path, label, environment }) => ({ path, label, environment })),
    ...(first.redirect_to === null ? {} : { redirect_to: first.redirect_to }),
  };
}

/** Does so for every domain of a site, after its label has changed, or it has gone into the bin or left it. */
export async function publishHostsOf(context: Context, siteId: string): Promise<void> {
  for (const hostname of await hostnamesOf(context, siteId)) await publishHost(context, hostname);
}

/** Takes a site off all of its domains. Those that have no other site then belong to nobody. */
export async function unmountSite(context: Context, siteId: string): Promise<void> {
  for (const hostname of await hostnamesOf(context, siteId)) {
    const unmount = async (query: Kysely<Schema>) => {
      await query.deleteFrom("mounts").where("site_id", "=", siteId).where("hostname", "=", hostname).execute();
      await forgetEmptyDomains(query, hostname);
    };
    await publishHost(context, hostname, () => context.db.query.transaction().execute(unmount));
  }
}

/** Deletes the domains that have no site: of one host, in its turn, or of all. */
export async function forgetEmptyDomains(query: Kysely<Schema>, hostname?: string): Promise<void> {
  const domains = query.deleteFrom("domains");
  await (hostname === undefined ? domains : domains.where("domains.hostname", "=", hostname))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("mounts")
            .select("mounts.path")
            .whereRef("mounts.workspace_id", "=", "domains.workspace_id")
            .whereRef("mounts.hostname", "=", "domains.hostname"),
        ),
      ),
    )
    .execute();
}

async function hostnamesOf(context: Context, siteId: string): Promise<string[]> {
  const rows = await context.db.query
    .selectFrom("mounts")
    .where("site_id", "=", siteId)
    .select("hostname")
    .distinct()
    .execute();
  return rows.map(({ hostname }) => hostname);
}
