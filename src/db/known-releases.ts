import { Database as SqliteFile } from "bun:sqlite";

/** What a database knows of a site that is not in the bin. */
export interface KnownSite {
  readonly id: string;
  readonly label: string;
  /** The versions of all releases that there were. */
  readonly versions: readonly number[];
  /** The environments that have served one. */
  readonly environments: readonly string[];
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
    const environments = file.query<{ environment: string }, [string]>(
      "select distinct environment from deployments where site_id = ?",
    );
    return sites.map(({ id, label }) => ({
      id,
      label,
      versions: versions.all(id).map(({ version }) => version),
      environments: environments.all(id).map(({ environment }) => environment),
    }));
  } catch {
    return [];
  }
}

const LIVE_SITES = "select id, label from sites where id not in (select site_id from deleted_sites)";
