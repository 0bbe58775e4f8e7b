import type { Context } from "../context.ts";

const KEPT_MS = 30 * 24 * 60 * 60_000;
/** Of each webhook. */
const KEPT = 1000;

/** Forgets what was sent long ago, and of each webhook all but the newest. */
export async function forgetDeliveries({ db: { query }, nowMs }: Context): Promise<void> {
  const before = new Date(nowMs() - KEPT_MS).toISOString();
  await query.deleteFrom("webhook_deliveries").where("created_at", "<", before).execute();
  for (const { id } of await query.selectFrom("webhooks").select("id").execute()) {
    const last = await query
      .selectFrom("webhook_deliveries")
      .where("webhook_id", "=", id)
      .select("number")
      .orderBy("number", "desc")
      .offset(KEPT)
      .limit(1)
      .executeTakeFirst();
    if (!last) continue;
    await query
      .deleteFrom("webhook_deliveries")
      .where("webhook_id", "=", id)
      .where("number", "<=", last.number)
      .execute();
  }
}
