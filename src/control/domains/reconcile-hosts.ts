import { type HostRecord, hostnameOfKey } from "#model";
import { type Context, nowIso } from "../context.ts";
import { isOutage } from "../outage.ts";
import { publishHost } from "./publish-host.ts";

/**
 * Brings domains and hosts into line. Where the database knows a domain as verified, its hosts follow it. A host that the
 * database does not know was verified before the database was lost, and is entered; one that leads to no site is removed.
 */
export async function reconcileHosts(context: Context): Promise<void> {
  for await (const key of context.store.documents.list("hosts/")) {
    const hostname = hostnameOfKey(key);
    try {
      await publishHost(context, hostname, async () => {
        const record = await context.records.readHost(hostname);
        if (record && !(await isActive(context, hostname))) await adopt(context, record);
      });
    } catch (error) {
      // What is wrong with one domain must not hide the others.
      if (isOutage(error)) throw error;
      context.log(`The domain ${hostname} could not be brought into line`, error);
    }
  }
  for (const hostname of await listActive(context)) await publishHost(context, hostname);
}

async function listActive({ db }: Context): Promise<string[]> {
  const rows = await db.query.selectFrom("domains").where("status", "=", "active").select("hostname").execute();
  return rows.map(({ hostname }) => hostname);
}

async function isActive({ db }: Context, hostname: string): Promise<boolean> {
  const row = await db.query
    .selectFrom("domains")
    .where("hostname", "=", hostname)
    .where("status", "=", "active")
    .select("hostname")
    .executeTakeFirst();
  return row !== undefined;
}

/** The sites on a host are all of one workspace: it is whose the domain is. */
async function adopt(context: Context, record: HostRecord): Promise<void> {
  const labels = record.mounts.map(({ label }) => label);
  const sites = await context.db.query.selectFrom("sites").where("label", "in", labels).selectAll().execute();
  const workspaceId = sites[0]?.workspace_id;
  if (workspaceId === undefined) {
    context.log(`${record.hostname} led to no site any more: removed`);
    return;
  }
  const created_at = nowIso(context);
  const key = { workspace_id: workspaceId, hostname: record.hostname };
  const proved = { status: "active", token: record.token, verified_at: record.verified_at } as const;
  const mounts = record.mounts.flatMap(({ path, label, environment }) => {
    const site = sites.find((candidate) => candidate.label === label && candidate.workspace_id === workspaceId);
    const redirect_to = record.redirect_to ?? null;
    return site ? [{ ...key, path, site_id: site.id, environment, redirect_to, created_at }] : [];
  });
  await context.db.query.transaction().execute(async (query) => {
    await query
      .insertInto("domains")
      .values({ ...key, ...proved, created_at })
      .onConflict((conflict) => conflict.columns(["workspace_id", "hostname"]).doUpdateSet(proved))
      .execute();
    await query
      .insertInto("mounts")
      .values(mounts)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
  context.log(`The domain ${record.hostname} was in the store and not in the database: added`);
}
