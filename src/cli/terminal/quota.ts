import { formatSize, type LimitName } from "#model";
import type { Api } from "#wire";
import type { Paint } from "./paint.ts";
import { formatTable } from "./table.ts";

/** Writes how much there is of how much there may be: `3 of 100`, or `3` where there is no limit. */
export const ofLimit = (used: number, limit: number | null, format: (value: number) => string): string =>
  limit === null ? format(used) : `${format(used)} of ${format(limit)}`;

/** Writes what a workspace may have and has, for people. */
export function formatQuota({ workspace, name, limits, used, set }: Api.Quota, paint: Paint): string {
  const most = (limit: number | null, format: (value: number) => string) =>
    limit === null ? "no limit" : format(limit);
  const count = (value: number) => value.toLocaleString("en-US");
  const own = (limit: LimitName | undefined) =>
    limit !== undefined && set.includes(limit) ? "set for this workspace" : "";
  const rows: (readonly [string, string, LimitName | undefined])[] = [
    ["stored", `${ofLimit(used.stored_size, limits.max_stored_size, formatSize)}`, "max_stored_size"],
    ["sites", `${ofLimit(used.sites, limits.max_sites, count)}`, "max_sites"],
    ...(used.deleted_sites > 0 ? ([["in the bin", count(used.deleted_sites), undefined]] as const) : []),
    ["requests a minute", most(limits.max_requests_per_minute, count), "max_requests_per_minute"],
    ["files a deploy", most(limits.max_files, count), "max_files"],
    ["size of a file", most(limits.max_file_size, formatSize), "max_file_size"],
    ["size of a deploy", most(limits.max_deploy_size, formatSize), "max_deploy_size"],
  ];
  const columns = [{ title: "" }, { title: "", paint: paint.bold }, { title: "" }];
  return [
    `Workspace ${name} (${workspace})`,
    formatTable(
      columns,
      rows.map(([what, value, limit]) => [what, value, own(limit)]),
    ),
  ].join("\n");
}
