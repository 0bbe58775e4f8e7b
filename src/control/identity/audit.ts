import type { Api } from "#wire";
import { type Context, nowIso } from "../context.ts";
import type { Actor } from "./actor.ts";

export interface AuditSubject {
  readonly site?: { readonly id: string; readonly name: string };
  readonly target?: string;
}

/** Writes who did what, when and from where. Called after each change, before it is acknowledged. */
export async function recordEvent(
  context: Context,
  actor: Actor,
  action: string,
  subject: AuditSubject = {},
): Promise<void> {
  await context.db.query
    .insertInto("audit_events")
    .values({
      at: nowIso(context),
      user_id: actor.userId,
      actor: actor.email,
      token_name: actor.tokenName,
      action,
      site_id: subject.site?.id ?? null,
      site_name: subject.site?.name ?? null,
      target: subject.target ?? null,
      address: actor.address,
    })
    .execute();
  context.activity.countEvent(action);
}

/** Lists events, newest first: those of one site, or all that the actor made; an administrator sees everybody's. */
export async function listEvents(
  context: Context,
  actor: Actor,
  siteId: string | undefined,
  limit: number,
): Promise<Api.AuditList> {
  let query = context.db.query.selectFrom("audit_events").selectAll().orderBy("id", "desc").limit(limit);
  if (siteId !== undefined) query = query.where("site_id", "=", siteId);
  else if (!actor.isAdmin) query = query.where("user_id", "=", actor.userId);
  const rows = await query.execute();
  return {
    events: rows.map((row) => ({
      id: String(row.id),
      at: row.at,
      actor: row.actor,
      token: row.token_name,
      action: row.action,
      project: row.site_name,
      target: row.target,
      address: row.address,
    })),
  };
}
