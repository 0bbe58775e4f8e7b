import { sql, type Transaction } from "kysely";
import type { Schema } from "#db";
import { type Context, nowIso } from "../context.ts";
import { eventOf, factsOf } from "../webhooks/event-of.ts";
import { queueEvent } from "../webhooks/queue-event.ts";
import type { Actor, Author } from "./actor.ts";
import type { AuditAction } from "./audit-actions.ts";

export interface AuditSubject {
  readonly site?: { readonly id: string; readonly name: string; readonly workspace_id: string };
  /** Whose log it goes to: the site's workspace without it, else the actor's own. */
  readonly workspaceId?: string;
  readonly target?: string;
  /** When it happened, ISO 8601; absent: now. */
  readonly at?: string;
  /** What there was and what there is; absent: nothing, or nothing that says more than the target. No secrets. */
  readonly before?: unknown;
  readonly after?: unknown;
}

const AFTER_TRANSACTION_MS = 50;

/**
 * Writes who did what, when and from where, and what webhooks are told of it, in the transaction that makes the change. Of a
 * change that the store makes that is the transaction which ends it (`changeStore`).
 */
export async function recordEvent(
  context: Context,
  actor: Author,
  action: AuditAction,
  subject: AuditSubject,
  query: Transaction<Schema>,
): Promise<void> {
  const workspaceId = subject.workspaceId ?? subject.site?.workspace_id;
  const at = subject.at ?? nowIso(context);
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
  // Whoever is told asks for it: by then the transaction is over. One that fails is told in vain.
  setTimeout(() => context.live.tell(change), AFTER_TRANSACTION_MS).unref();
}

/** Writes an event that tells of no change: of what somebody was shown, or given. */
export async function recordAct(
  context: Context,
  actor: Actor,
  action: AuditAction,
  subject: AuditSubject = {},
): Promise<void> {
  await context.db.query.transaction().execute((query) => recordEvent(context, actor, action, subject, query));
}

interface Told {
  readonly actor: Actor;
  readonly action: AuditAction;
  readonly subject?: AuditSubject;
}

/** Runs what Better Auth changes, and writes the event that tells of it, in one transaction. */
export async function recordTogether<T>(
  context: Context,
  work: () => Promise<T>,
  tell: (result: T) => Told,
): Promise<T> {
  return await context.db.together(async () => {
    const result = await work();
    const { actor, action, subject = {} } = tell(result);
    await context.db.query.transaction().execute((query) => recordEvent(context, actor, action, subject, query));
    return result;
  });
}

const asJson = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
