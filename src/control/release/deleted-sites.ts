import { restorableUntil, roleOf } from "#model";
import type { Api } from "#wire";
import { inSettledTurn } from "../change-store.ts";
import type { Context } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { standingOf } from "../identity/standing.ts";
import { inChunks, ROWS_PER_STATEMENT } from "./ownership.ts";
import { type Deletion, findAnySite, findListed, type Site } from "./sites.ts";

/** Works on a site that may be in the bin while nobody else moves or deletes it. */
export async function holdAnySite<T>(
  context: Context,
  actor: Actor,
  nameOrId: string,
  work: (site: Site, deletion: Deletion | undefined) => Promise<T>,
): Promise<T> {
  const { site } = await findAnySite(context, actor, nameOrId);
  return await inSettledTurn(context, site.id, async () => {
    const found = await findAnySite(context, actor, site.id);
    return await work(found.site, found.deletion);
  });
}

/** Lists the sites in the bin, of those that `listSites` would list: what is deleted for good next comes first. */
export async function listDeletedSites(context: Context, actor: Actor): Promise<Api.DeletedSite[]> {
  const rows = await findListed(context, actor);
  const deleted = rows.flatMap((row) =>
    row.deleted_at === null || row.purging_at !== null ? [] : [{ ...row, deleted_at: row.deleted_at }],
  );
  const releases = await countReleases(
    context,
    deleted.map(({ id }) => id),
  );
  const emails = await findEmails(
    context,
    deleted.flatMap(({ deleted_by }) => deleted_by ?? []),
  );
  return deleted
    .toSorted((a, b) => (a.deleted_at < b.deleted_at ? -1 : 1))
    .map((row) => ({
      id: row.id,
      name: row.name,
      url: context.addresses.site(row.label, "prod"),
      workspace_id: row.workspace_id,
      role: roleOf(standingOf(actor, row)),
      deleted_at: row.deleted_at,
      deleted_by: emails.get(row.deleted_by ?? "") ?? null,
      restorable_until: restorableUntil(row.deleted_at),
      releases: releases.get(row.id) ?? 0,
      domains: parsePlaces({ domains: row.domains ?? "[]" }),
    }));
}

/** Where a site was on custom domains when it was deleted. */
export const parsePlaces = ({ domains }: Pick<Deletion, "domains">) =>
  JSON.parse(domains) as { readonly domain: string; readonly slug: string }[];

async function countReleases({ db }: Context, siteIds: readonly string[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const some of inChunks(siteIds, ROWS_PER_STATEMENT)) {
    const rows = await db.query
      .selectFrom("releases")
      .where("site_id", "in", some)
      .where("removed_at", "is", null)
      .groupBy("site_id")
      .select((select) => ["site_id", select.fn.countAll<number>().as("count")])
      .execute();
    for (const { site_id, count } of rows) counts.set(site_id, count);
  }
  return counts;
}

async function findEmails({ db }: Context, userIds: readonly string[]): Promise<Map<string, string>> {
  const emails = new Map<string, string>();
  for (const some of inChunks([...new Set(userIds)], ROWS_PER_STATEMENT)) {
    const rows = await db.query.selectFrom("user").where("id", "in", some).select(["id", "email"]).execute();
    for (const { id, email } of rows) emails.set(id, email);
  }
  return emails;
}
