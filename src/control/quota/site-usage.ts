import { mayAs } from "#model";
import type { Api } from "#wire";
import type { Context } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { siteStanding, standingOf } from "../identity/standing.ts";

/** Tells what each site of a workspace has released that is kept: of the sites that the actor sees. */
export async function readSiteUsage(context: Context, actor: Actor, workspaceId: string): Promise<Api.WorkspaceUsage> {
  const { query } = context.db;
  const sites = await query
    .selectFrom("sites")
    .leftJoin("deleted_sites", "deleted_sites.site_id", "sites.id")
    .where("sites.workspace_id", "=", workspaceId)
    .select(["sites.id", "sites.name", "deleted_sites.deleted_at"])
    .select(siteStanding(actor))
    .orderBy("sites.name")
    .execute();
  const sums = new Map((await sumReleases(context, workspaceId)).map((row) => [row.site_id, row]));
  return {
    sites: sites
      .filter((row) => mayAs(standingOf(actor, row), "site:read"))
      .map(({ id, name, deleted_at: deletedAt }) => {
        const sum = sums.get(id);
        return {
          project: name,
          is_deleted: deletedAt !== null,
          releases: Number(sum?.releases ?? 0),
          released_size: Number(sum?.released ?? 0),
          sent_size: sum && sum.told !== sum.releases ? null : Number(sum?.sent ?? 0),
        };
      }),
  };
}

const sumReleases = ({ db }: Context, workspaceId: string) =>
  db.query
    .selectFrom("releases")
    .innerJoin("sites", "sites.id", "releases.site_id")
    .leftJoin("deploys", (join) =>
      join.onRef("deploys.site_id", "=", "releases.site_id").onRef("deploys.version", "=", "releases.version"),
    )
    .where("sites.workspace_id", "=", workspaceId)
    .where("releases.removed_at", "is", null)
    .groupBy("releases.site_id")
    .select("releases.site_id")
    .select(({ fn }) => [
      fn.count<number>("releases.version").as("releases"),
      fn.sum<number | string>("releases.total_size").as("released"),
      // Of imported releases, and of those from before a lost database, it is not known what was sent.
      fn.count<number>("deploys.new_bytes").as("told"),
      fn.sum<number | string | null>("deploys.new_bytes").as("sent"),
    ])
    .execute();
