import { Database as SqliteFile } from "bun:sqlite";
import type { Environment } from "#model";
import { inspectPostgres } from "./postgres.ts";

/** What a database knows of a site that is not in the bin. */
export interface KnownSite {
  readonly id: string;
  readonly label: string;
  /** The versions of all releases that there were. */
  readonly versions: readonly number[];
  /** What each environment that has served one served last. */
  readonly served: readonly KnownMove[];
}

/** The last move of an environment that was recorded. */
export interface KnownMove {
  readonly environment: Environment;
  /** Of the release. */
  readonly version: number;
  /** Of the pointer. */
  readonly refVersion: number;
}

/**
 * Reads from a SQLite file, which a server may be using, which releases sites have had and where they were served. Empty where the file
 * cannot be read, or is of a version that does not tell.
 */
export function readKnownSites(path: string): readonly KnownSite[] {
  try {
    using file = new SqliteFile(path, { readonly: true });
    file.run("pragma busy_timeout = 5000");
    const sites = file.query<{ id: string; label: string }, []>(LIVE_SITES).all();
    const versions = file.query<{ version: number }, [string]>("select version from releases where site_id = ?");
    const served = file.query<KnownMove, [string]>(LAST_MOVES);
    return sites.map(({ id, label }) => ({
      id,
      label,
      versions: versions.all(id).map(({ version }) => version),
      served: served.all(id),
    }));
  } catch {
    return [];
  }
}

/**
 * Reads the same from PostgreSQL, which servers may be using. Throws SitepodError `unavailable` where it cannot be used, or was made by
 * another version.
 */
export async function readKnownSitesOfPostgres(url: string): Promise<readonly KnownSite[]> {
  const db = await inspectPostgres(url);
  try {
    const sites = await db.query
      .selectFrom("sites")
      .where("id", "not in", (query) => query.selectFrom("deleted_sites").select("site_id"))
      .select(["id", "label"])
      .execute();
    const releases = await db.query.selectFrom("releases").select(["site_id", "version"]).execute();
    const moves = await db.query
      .selectFrom("deployments")
      .where("id", "in", (query) =>
        query
          .selectFrom("deployments")
          .groupBy(["site_id", "environment"])
          .select(({ fn }) => fn.max("id").as("id")),
      )
      .select(["site_id", "environment", "version", "ref_version as refVersion"])
      .execute();
    const [versions, served] = [Map.groupBy(releases, siteOf), Map.groupBy(moves, siteOf)];
    return sites.map(({ id, label }) => ({
      id,
      label,
      versions: (versions.get(id) ?? []).map(({ version }) => version),
      served: served.get(id) ?? [],
    }));
  } finally {
    await db.close();
  }
}

const siteOf = (row: { readonly site_id: string }): string => row.site_id;

const LAST_MOVES = `select environment, version, ref_version as refVersion from deployments
  where id in (select max(id) from deployments where site_id = ? group by environment)`;
const LIVE_SITES = "select id, label from sites where id not in (select site_id from deleted_sites)";
