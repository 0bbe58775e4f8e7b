import { SitepodError } from "#model";
import { type Context, nowIso } from "../context.ts";
import { SYSTEM } from "../identity/actor.ts";
import { findProof } from "./dns.ts";
import { serveProved } from "./verify-domain.ts";

/** Who has not set the records by then asks by hand. */
const WAITS_FOR_MS = 3 * 24 * 60 * 60 * 1000;
const MIN_PAUSE_MS = 60 * 1000;
/** The longer a domain waits, the more seldom DNS is asked: after an hour every three minutes, after a day every hour. */
const SHARE_OF_AGE = 0.05;
const MAX_AT_ONCE = 200;

/** Asks DNS about the domains that wait to be verified, and has those served whose proof is there. */
export async function verifyWaiting(context: Context): Promise<void> {
  const nowMs = context.nowMs();
  const waiting = await context.db.query
    .selectFrom("domains")
    .where("status", "=", "pending")
    .where("created_at", ">", new Date(nowMs - WAITS_FOR_MS).toISOString())
    .selectAll()
    .orderBy("created_at", "desc")
    .limit(MAX_AT_ONCE)
    .execute();
  for (const domain of waiting) {
    const { created_at, checked_at, workspace_id, hostname } = domain;
    const pauseMs = Math.max(MIN_PAUSE_MS, (nowMs - Date.parse(created_at)) * SHARE_OF_AGE);
    if (checked_at !== null && nowMs - Date.parse(checked_at) < pauseMs) continue;
    const proof = await findProof(context.dns, hostname, domain.token);
    if (proof.kind === "found") await serveProved(context, SYSTEM, domain).catch(unlessTaken);
    else {
      await context.db.query
        .updateTable("domains")
        .set({ checked_at: nowIso(context) })
        .where("workspace_id", "=", workspace_id)
        .where("hostname", "=", hostname)
        .where("status", "=", "pending")
        .execute();
    }
  }
}

/** Another workspace has it: whoever asks by hand is told so. */
function unlessTaken(error: unknown): void {
  if (!(error instanceof SitepodError) || error.code !== "conflict") throw error;
}
