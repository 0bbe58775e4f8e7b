import { Database as SqliteFile } from "bun:sqlite";
import type { Environment } from "#model";

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

const LAST_MOVES = `select environment, version, ref_version as refVersion from deployments
  where id in (select max(id) from deployments where site_id = ? group by environment)`;
const LIVE_SITES = "select id, label from sites where id not in (select site_id from deleted_sites)";
