import { ENVIRONMENTS, parseSiteName, SitepodError } from "#model";
import type { Api } from "#wire";
import { type Context, nowIso } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { sentence, type Site } from "../release/sites.ts";
import { publishHostsOf } from "./publish-host.ts";

/**
 * Gives a site another subdomain. The new label is made whole beside the old one before the database names it, and the
 * old one then redirects: at no moment does the site answer nowhere. Throws SitepodError `invalid`, `conflict`.
 */
export async function renameSite(context: Context, actor: Actor, site: Site, newLabel: string): Promise<Api.Renamed> {
  const label = parseSiteName(newLabel);
  if (!label.ok) throw new SitepodError("invalid", `${sentence(label.fault)}.`);
  if (label.value === site.label) throw new SitepodError("conflict", `${site.name} has this subdomain already.`);
  await context.contentGate.alone(async () => {
    await claimLabel(context, site, label.value);
    await copyLabel(context, site.label, label.value);
    await context.db.query
      .updateTable("sites")
      .set({ label: label.value, updated_at: nowIso(context) })
      .where("id", "=", site.id)
      .execute();
    await publishHostsOf(context, site.id);
    await retireLabel(context, site.label, label.value);
  });
  await recordEvent(context, actor, "site.rename", { site, target: `${site.label} → ${label.value}` });
  return {
    old_subdomain: site.label,
    new_subdomain: label.value,
    domain: `${label.value}.${context.addresses.domain}`,
  };
}

/** A label may be claimed by a new site, or by the site that once had it. */
async function claimLabel(context: Context, site: Site, label: string): Promise<void> {
  await requireUnused(context, site, label);
  const held = await context.records.readClaim(site.label);
  const claim = {
    label,
    site: site.name,
    site_id: site.id,
    workspace_id: site.workspace_id,
    created_at: nowIso(context),
    // What is protected stays so at the new label, from before it answers there.
    ...(held?.access && { access: held.access }),
  };
  if (await context.records.createClaim(claim)) return;
  const holder = await context.records.readClaim(label);
  if (holder?.site_id !== site.id) throw new SitepodError("conflict", `The subdomain ${label} is taken.`);
  await context.records.writeClaim(claim);
}

/** Claims make labels unique, and a site whose claim was lost keeps its label all the same. */
async function requireUnused(context: Context, site: Site, label: string): Promise<void> {
  const holder = await context.db.query.selectFrom("sites").where("label", "=", label).select("id").executeTakeFirst();
  if (holder && holder.id !== site.id) throw new SitepodError("conflict", `The subdomain ${label} is taken.`);
}

async function copyLabel(context: Context, from: string, to: string): Promise<void> {
  const { records } = context;
  for (const version of await records.releaseVersions(from)) {
    const record = await records.readRelease(from, version);
    if (record) await records.createRelease(to, record);
  }
  for await (const { preview } of records.previews(from)) await records.writePreview(to, preview);
  for (const environment of ENVIRONMENTS) {
    const ref = await records.readRef(from, environment);
    if (!ref) continue;
    // Higher than either had: who expects an earlier version must not find it again.
    await records.moveRef(to, environment, (current) => ({
      ...ref,
      version: Math.max(current?.version ?? 0, ref.version) + 1,
    }));
  }
}

/** Leaves at the old label only the claim that says where the site went. Also ends a rename that was cut off. */
export async function retireLabel(context: Context, from: string, to: string): Promise<void> {
  const claim = await context.records.readClaim(from);
  if (claim) await context.records.writeClaim({ ...claim, moved_to: to });
  await context.records.emptyLabel(from);
}
