import { type Kysely, sql } from "kysely";
import type { Schema } from "#db";
import { type Context, nowIso } from "../context.ts";
import { eventOf, factsOf } from "../webhooks/event-of.ts";
import { queueEvent } from "../webhooks/queue-event.ts";
import type { Actor } from "./actor.ts";

export interface AuditSubject {
  readonly site?: { readonly id: string; readonly name: string; readonly workspace_id: string };
  /** Whose log it goes to: the site's workspace without it, else the actor's own. */
  readonly workspaceId?: string;
  readonly target?: string;
  /** What there was and what there is; absent: nothing, or nothing that says more than the target. No secrets. */
  readonly before?: unknown;
  readonly after?: unknown;
}

const AFTER_TRANSACTION_MS = 50;

/**
 * Writes who did what, when and from where, and what webhooks are told of it: in the transaction that makes the change,
 * where that is one of the database; else after it, before it is acknowledged.
 */
export async function recordEvent(
  context: Context,
  actor: Actor,
  action: string,
  subject: AuditSubject = {},
  query: Kysely<Schema> = context.db.query,
): Promise<void> {
  const workspaceId = subject.workspaceId ?? subject.site?.workspace_id;
  const at = nowIso(context);
  await query
    .insertInto("audit_events")
    .values({
      at,
      workspace_id: workspaceId ?? sql`(select id from workspaces where home_of = ${actor.userId})`,
      user_id: actor.userId,
      actor: actor.email,
      token_id: actor.tokenId ?? null,
      token_name: actor.tokenName,
      action,
      site_id: subject.site?.id ?? null,
      site_name: subject.site?.name ?? null,
      target: subject.target ?? null,
      address: actor.address,
      before: asJson(subject.before),
      after: asJson(subject.after),
    })
    .execute();
  const event = eventOf(action);
  if (event && subject.site) {
    const facts = factsOf(event, subject);
    await queueEvent(context, query, { event, at, site: subject.site, actor: actor.email, facts });
  }
  context.activity.countEvent(action);
  const change = {
    project: subject.site?.name ?? null,
    action,
    workspaceId: workspaceId ?? null,
    userId: actor.userId,
  };
  if (!query.isTransaction) context.live.tell(change);
  // Whoever is told asks for it: by then the transaction is over. One that fails is told in vain.
  else setTimeout(() => context.live.tell(change), AFTER_TRANSACTION_MS).unref();
}

const asJson = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
