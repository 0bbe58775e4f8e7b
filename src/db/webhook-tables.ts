import type { Generated } from "kysely";
import type { DeliveryState, WebhookFormat } from "#model";

export interface WebhookTable {
  id: string;
  workspace_id: string;
  /** Null: of all sites of the workspace. */
  site_id: string | null;
  format: WebhookFormat;
  /** What may be shown of the URL. */
  shown_url: string;
  /** The URL, which may hold a key, sealed. */
  url: string;
  /** What requests are signed with, sealed. Null: with nothing. */
  secret: string | null;
  /** Separated by spaces; `*`: all. */
  events: string;
  is_enabled: Generated<number>;
  /** Why the server has disabled it. Null: it has not. */
  disabled_reason: string | null;
  created_by: string;
  created_at: string;
  /** Since when nothing has arrived that was sent. */
  failing_since: string | null;
}

/** What a webhook was signed with before its secret was replaced, and still is until then. */
export interface OldWebhookSecretTable {
  webhook_id: string;
  /** Sealed. */
  secret: string;
  expires_at: string;
}

/** One event to one webhook: what is still to be sent, and the log of what was. */
export interface WebhookDeliveryTable {
  /** In this order they are sent. */
  number: Generated<number>;
  id: string;
  webhook_id: string;
  /** What happened, and the message about it as JSON. */
  event: string;
  message: string;
  created_at: string;
  state: DeliveryState;
  /** When it is sent next, while it is pending. */
  next_at: string;
  attempts: Generated<number>;
  /** Of the last attempt: when it was, … */
  attempted_at: string | null;
  duration_ms: number | null;
  /** … what was answered, … */
  status: number | null;
  answer: string | null;
  /** … and what was wrong. */
  fault: string | null;
}
