import type { Context } from "../context.ts";
import type { Site } from "./sites.ts";

/** Where a site's documents are by now. */
export async function labelNow({ db }: Context, { id, label }: Pick<Site, "id" | "label">): Promise<string> {
  const row = await db.query.selectFrom("sites").where("id", "=", id).select("label").executeTakeFirst();
  return row?.label ?? label;
}
