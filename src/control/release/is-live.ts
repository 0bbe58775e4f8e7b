import { sql } from "kysely";

/** Of a query over `sites`: whether a site is not in the bin. */
export const isLive = sql<boolean>`not exists (select 1 from deleted_sites where deleted_sites.site_id = sites.id)`;
