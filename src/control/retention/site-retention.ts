import { KEEP_ALL, type Retention, SitepodError, withRetention } from "#model";
import type { Api } from "#wire";
import { changeStore } from "../change-store.ts";
import type { Context, StoreChange } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { labelNow } from "../release/label-now.ts";
import type { Site } from "../release/sites.ts";

/**
 * How long a site keeps its releases lies in its claim: where the database is lost, a server must not fall back to
 * keeping less.
 */
export async function readRetention(context: Context, site: Site): Promise<Retention> {
  // Without a claim nobody knows what the site said.
  const claim = await context.records.readClaim(site.label);
  return claim ? (claim.retention ?? context.settings.retention) : KEEP_ALL;
}

export async function describeRetention(context: Context, site: Site): Promise<Api.Retention> {
  const claim = await context.records.readClaim(site.label);
  const { releases, days } = await readRetention(context, site);
  return { keep_releases: releases, keep_days: days, is_default: claim?.retention === undefined };
}

/**
 * Says how long a site keeps its releases; undefined: as the server says. To be called in the site's turn. What it does
 * not keep goes when garbage is collected next. Throws SitepodError `internal` where the site's claim is lost.
 */
export async function setRetention(
  context: Context,
  actor: Actor,
  site: Site,
  retention: Retention | undefined,
): Promise<Api.Retention> {
  const wanted = { turn: site.id, siteId: site.id, data: { site, retention: retention ?? null } };
  await changeStore(context, actor, retentionChange, wanted, async () => {
    let isThere = false;
    await context.records.changeClaim(site.label, (claim) => {
      isThere = true;
      return withRetention(claim, retention);
    });
    if (isThere) return;
    throw new SitepodError(
      "internal",
      `sites/${site.label}.json in the server's storage is missing. Restore it from a backup.`,
    );
  });
  return await describeRetention(context, site);
}

export const retentionChange: StoreChange<{ readonly site: Site; readonly retention: Retention | null }> = {
  kind: "site.retention",
  async isMade(context, { site, retention }) {
    const claim = await context.records.readClaim(await labelNow(context, site));
    if (!claim) return false;
    const { releases, days } = claim.retention ?? {};
    return releases === retention?.releases && days === retention?.days;
  },
  async enter(context, { author, at, data: { site, retention } }, query) {
    await recordEvent(context, author, "site.retention", { site, at, target: formatRetention(retention) }, query);
  },
};

function formatRetention(retention: Retention | null): string {
  if (retention === null) return "as the server says";
  const { releases, days } = retention;
  const rules = [
    ...(releases === null ? [] : [`${releases} releases`]),
    ...(days === null ? [] : [`those of ${days} days`]),
  ];
  return rules.length === 0 ? "all" : rules.join(" and ");
}
