import { type Claim, ENVIRONMENTS, parseSiteName, SitepodError } from "#model";
import type { Api } from "#wire";
import { type Context, nowIso } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { claimsOf } from "../release/labels.ts";
import { sentence, type Site } from "../release/sites.ts";
import { RECORDS_TURN } from "../retention/named-contents.ts";
import { publishHostsOf } from "./publish-host.ts";

/** Old labels redirect, and stay taken: a site keeps at most so many. */
export const MAX_OLD_LABELS = 20;

/**
 * Gives a site another subdomain. The new label is made whole beside the old one before the database names it, and the
 * old one then redirects: at no moment does the site answer nowhere. To be called in the site's turn; where it was cut
 * off, calling it again ends it. Throws SitepodError `invalid`, `conflict`.
 */
export async function renameSite(context: Context, actor: Actor, site: Site, newLabel: string): Promise<Api.Renamed> {
  const label = parseSiteName(newLabel);
  if (!label.ok) throw new SitepodError("invalid", `${sentence(label.fault)}.`);
  const claims = await claimsOf(context, site.id);
  if (label.value !== site.label) {
    requireRoom(site, claims, label.value);
    await claimLabel(context, site, label.value);
    await copyReleases(context, site.label, label.value);
    await copyPointers(context, site.label, label.value);
    await context.contentGate.alone(async () => {
      // Those that were committed in the meantime: from here on commits go to the new label.
      await copyReleases(context, site.label, label.value);
      await context.db.query.transaction().execute(async (query) => {
        await query
          .updateTable("sites")
          .set({ label: label.value, updated_at: nowIso(context) })
          .where("id", "=", site.id)
          .execute();
        const change = { before: { subdomain: site.label }, after: { subdomain: label.value } };
        const target = `${site.label} → ${label.value}`;
        await recordEvent(context, actor, "site.rename", { site, target, ...change }, query);
      });
    });
  }
  await publishHostsOf(context, site.id);
  const labels = new Set([site.label, ...claims.map((claim) => claim.label)]);
  for (const old of labels) if (old !== label.value) await retireLabel(context, old, label.value);
  if (label.value === site.label) throw new SitepodError("conflict", `${site.name} has this subdomain already.`);
  return {
    old_subdomain: site.label,
    new_subdomain: label.value,
    domain: `${label.value}.${context.addresses.domain}`,
  };
}

function requireRoom(site: Site, claims: readonly Claim[], label: string): void {
  if (claims.length <= MAX_OLD_LABELS || claims.some((claim) => claim.label === label)) return;
  throw new SitepodError(
    "conflict",
    `${site.name} has had ${MAX_OLD_LABELS} other subdomains, which is the limit: they lead to it. Go back to one of ` +
      `them: ${claims.map((claim) => claim.label).join(", ")}.`,
  );
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
    ...(held?.retention && { retention: held.retention }),
    ...(held?.removed_to !== undefined && { removed_to: held.removed_to }),
  };
  if (await context.records.createClaim(claim)) return;
  const holder = await context.records.readClaim(label);
  if (holder?.site_id !== site.id) throw new SitepodError("conflict", `The subdomain ${label} is taken.`);
  await context.records.writeClaim(claim);
  // An earlier rename that was cut off may have left there what has been removed since.
  await context.records.emptyLabel(label);
}

/** Claims make labels unique, and a site whose claim was lost keeps its label all the same. */
async function requireUnused(context: Context, site: Site, label: string): Promise<void> {
  const holder = await context.db.query.selectFrom("sites").where("label", "=", label).select("id").executeTakeFirst();
  if (holder && holder.id !== site.id) throw new SitepodError("conflict", `The subdomain ${label} is taken.`);
}

async function copyReleases({ records }: Context, from: string, to: string): Promise<void> {
  const copied = new Set(await records.releaseVersions(to));
  for (const version of await records.releaseVersions(from)) {
    const record = copied.has(version) ? undefined : await records.readRelease(from, version);
    if (record) await records.createRelease(to, record);
  }
}

async function copyPointers(context: Context, from: string, to: string): Promise<void> {
  const { records } = context;
  for await (const { preview } of records.previews(from)) await records.writePreview(to, preview);
  for (const environment of ENVIRONMENTS) {
    const ref = await records.readRef(from, environment);
    if (!ref) continue;
    // Higher than either had: who expects an earlier version must not find it again.
    await records.moveRef(to, environment, (current) => ({
      ...ref,
      version: Math.max(current?.version ?? 0, ref.version) + 1,
      // Another site may have had the label until lately: what it showed must not look newer to browsers.
      updated_at: nowIso(context),
    }));
  }
}

/** Leaves at the old label only the claim that says where the site went. Also ends a rename that was cut off. */
export async function retireLabel(context: Context, from: string, to: string): Promise<void> {
  const claim = await context.records.readClaim(from);
  if (claim) await context.records.writeClaim({ ...claim, moved_to: to });
  await context.inTurn(RECORDS_TURN, () => context.records.emptyLabel(from));
}
