import type { StoreChange } from "../context.ts";
import { recordEvent } from "../identity/audit.ts";
import type { Site } from "../release/sites.ts";
import { findImport } from "./import-record.ts";

/** An import is made once it is done: one that was cut off before is ended by who sends it again, or taken back. */
export const siteImport: StoreChange<{ readonly site: Site; readonly id: string; readonly releases: number }> = {
  kind: "site.import",
  isMade: async (context, { id }) => (await findImport(context, id))?.state === "done",
  async enter(context, { author, at, data: { site, releases } }, query) {
    await recordEvent(context, author, "site.import", { site, at, target: `${releases} releases` }, query);
  },
};
