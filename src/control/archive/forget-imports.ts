import { type Context, nowIso } from "../context.ts";
import { listImports, removeImport } from "./import-record.ts";

/**
 * Forgets imports that have expired. Of one whose commit was cut off and never sent again, what was made of its site is
 * taken back. Called while nobody commits. Returns the ids of those that are under way.
 */
export async function forgetImports(context: Context): Promise<Set<string>> {
  const underWay = new Set<string>();
  for await (const record of listImports(context)) {
    if (record.expires_at > nowIso(context)) {
      underWay.add(record.id);
      continue;
    }
    if (record.state === "committing") {
      const claim = await context.records.readClaim(record.project);
      if (claim?.site_id === record.site_id) await context.records.removeLabel(record.project);
      await context.db.query.deleteFrom("sites").where("id", "=", record.site_id).execute();
      context.log(`The import of ${record.project} had been cut off: what there was of the site is removed`);
    }
    await removeImport(context, record.id);
  }
  return underWay;
}
