import { sql } from "kysely";

/**
 * Of a query over `domains`: whether a site is on one that is not in the bin. A domain without is held for its workspace only
 * until another proves it.
 */
export const hasLiveSite = sql<boolean>`exists (select 1 from mounts
  where mounts.workspace_id = domains.workspace_id and mounts.hostname = domains.hostname
    and mounts.site_id not in (select site_id from deleted_sites))`;
