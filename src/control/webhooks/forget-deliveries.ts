import type { Context } from "../context.ts";

const KEPT_MS = 30 * 24 * 60 * 60_000;

/** Forgets what was sent to webhooks long ago. */
export async function forgetDeliveries({ db, nowMs }: Context): Promise<void> {
  const before = new Date(nowMs() - KEPT_MS).toISOString();
  await db.query.deleteFrom("webhook_deliveries").where("created_at", "<", before).execute();
}
