import type { Api } from "#wire";
import { formatTable } from "./table.ts";

/** Writes DNS records as a table, to be copied into whatever manages the zone. */
export const formatDnsRecords = (records: readonly Api.DnsRecord[]): string =>
  formatTable(
    [{ title: "TYPE" }, { title: "NAME" }, { title: "VALUE" }, { title: "WHAT FOR" }],
    records.map(({ type, name, value, purpose }) => [type, name, value, purpose]),
  );
