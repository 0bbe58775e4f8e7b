import { accepted, type Parsed, refused } from "./error.ts";

/** Where a workspace has what happens there told to: a receiver of its own, or a chat. */
export const WEBHOOK_FORMATS = ["json", "slack", "discord", "feishu"] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

/** What can be told. A name never comes to mean something else. */
export const WEBHOOK_EVENTS = [
  "deploy.succeeded",
  "deploy.failed",
  "environment.released",
  "environment.rolled_back",
  "preview.created",
  "preview.deleted",
  "domain.added",
  "domain.verified",
  "domain.lost",
  "domain.removed",
  "approval.requested",
  "approval.approved",
  "approval.refused",
  "approval.withdrawn",
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** Sent on request alone: nobody subscribes to it. */
export const WEBHOOK_TEST = "webhook.test";
/** Stands for all events, also those that there will be. */
export const ALL_EVENTS = "*";

export const DELIVERY_STATES = ["pending", "delivered", "failed"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

const MAX_URL_LENGTH = 2048;
/** Below are ports of services that are no web servers. */
const FIRST_FREE_PORT = 1024;

/**
 * Parses where a webhook goes. Which addresses it may lead to is checked when it is sent: names come to mean others.
 */
export function parseWebhookUrl(text: string): Parsed<URL> {
  const url = text.length > MAX_URL_LENGTH ? null : URL.parse(text);
  if (!url) return refused(`must be a URL of at most ${MAX_URL_LENGTH} characters, such as https://example.com/hook`);
  if (url.protocol !== "https:" && url.protocol !== "http:") return refused("must begin with https:// or http://");
  if (url.username !== "" || url.password !== "") return refused("must hold no user name and no password");
  const port = url.port === "" ? undefined : Number(url.port);
  if (port !== undefined && port !== 80 && port !== 443 && port < FIRST_FREE_PORT) {
    return refused(`must have the port 80, 443, or one from ${FIRST_FREE_PORT} on`);
  }
  url.hash = "";
  return accepted(url);
}

/** What may be shown of where a webhook goes. A chat's URL is a key to it, and so may be a query. */
export function showWebhookUrl({ origin, pathname, search }: URL, format: WebhookFormat): string {
  return format === "json" ? `${origin}${pathname}${search === "" ? "" : "?…"}` : `${origin}/…`;
}

/** Returns the events that are told of: some, or `*` alone. */
export const includesEvent = (subscribed: Iterable<string>, event: WebhookEvent): boolean => {
  for (const name of subscribed) if (name === event || name === ALL_EVENTS) return true;
  return false;
};

/** How long what is sent is signed by a secret that was replaced, too: unless somebody says otherwise, and at most. */
export const DEFAULT_OLD_SECRET_S = 24 * 60 * 60;
export const MAX_OLD_SECRET_S = 30 * 24 * 60 * 60;

/** Three times as long after each failure, from 15 seconds to 12 hours: over a day in all. */
const FIRST_RETRY_MS = 15_000;
const RETRY_GROWTH = 3;
const MAX_RETRY_MS = 12 * 60 * 60_000;
export const MAX_DELIVERY_ATTEMPTS = 10;
/** Those that failed together are not tried again together. */
const JITTER = 0.2;

/**
 * Decides after how many milliseconds a delivery is tried again that has failed `failures` times; undefined: it has failed.
 * @param lot from 0 to 1, drawn for each
 * @param askedMs how long the receiver has asked to wait
 */
export function nextAttemptInMs(failures: number, lot: number, askedMs = 0): number | undefined {
  if (failures >= MAX_DELIVERY_ATTEMPTS) return undefined;
  const waitMs = Math.min(FIRST_RETRY_MS * RETRY_GROWTH ** (failures - 1), MAX_RETRY_MS);
  const spreadMs = waitMs * (1 - JITTER + 2 * JITTER * lot);
  return Math.round(Math.max(spreadMs, Math.min(askedMs, MAX_RETRY_MS)));
}

/** A webhook of which nothing has arrived for so long is disabled, once a delivery has failed. */
export const DISABLED_AFTER_MS = 3 * 24 * 60 * 60_000;
