import { MAX_KEPT_DAYS, MAX_KEPT_RELEASES } from "#model";
import type { CommandSpec } from "./command-spec.ts";
import { site } from "./option-specs.ts";
import { parseWhole } from "./option-values.ts";

/** The command about what is kept: part of the table of all. */
export const RETENTION_COMMAND: CommandSpec = {
  usage: "retention",
  group: "Manage",
  summary: "Show or say which releases of the site are kept",
  details:
    "What either rule wants kept is kept, and always the newest, and what environments and previews show. Others go " +
    "when the server next removes what is not kept, each day by default; the history then lists them as removed.",
  options: [
    { flags: "--keep <number>", doc: "Keep so many of the newest", parse: parseWhole(1, MAX_KEPT_RELEASES) },
    { flags: "--days <number>", doc: "Keep those of so many last days", parse: parseWhole(1, MAX_KEPT_DAYS) },
    { flags: "--all", doc: "Keep all, whatever the server says" },
    { flags: "--default", doc: "Keep what the server says" },
    site,
  ],
  examples: ["sitepod retention", "sitepod retention --keep 20 --days 30", "sitepod retention --all"],
  load: () => import("./commands/retention.ts"),
};
