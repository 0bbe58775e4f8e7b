import type { Api } from "#wire";
import { call } from "./api.ts";

export type NewWebhook = Pick<Api.WebhookRequest, "url" | "format" | "events"> &
  Partial<Pick<Api.WebhookRequest, "project" | "secret">>;

/** So many deliveries are shown at first, and at most. */
export const SHOWN_DELIVERIES = 50;
export const MAX_SHOWN_DELIVERIES = 200;

const pathOf = (workspace: string, id?: string) =>
  `/workspaces/${encodeURIComponent(workspace)}/webhooks${id === undefined ? "" : `/${encodeURIComponent(id)}`}`;
const deliveryPath = (workspace: string, id: string, delivery: string) =>
  `${pathOf(workspace, id)}/deliveries/${encodeURIComponent(delivery)}`;

/** The part of the API that is about webhooks. */
export const webhookApi = {
  webhooks: async (workspace: string) => (await call<Api.WebhookList>("GET", pathOf(workspace))).webhooks,
  create: (workspace: string, request: NewWebhook) => call<Api.WebhookCreated>("POST", pathOf(workspace), request),
  change: (workspace: string, id: string, change: Api.WebhookChange) =>
    call<Api.Webhook>("PUT", pathOf(workspace, id), change),
  rotate: (workspace: string, id: string, oldForS: number) =>
    call<Api.WebhookCreated>("POST", `${pathOf(workspace, id)}/secret`, { old_expires_in: oldForS }),
  giveSecret: (workspace: string, id: string, secret: string) =>
    call<Api.WebhookCreated>("POST", `${pathOf(workspace, id)}/secret`, { secret }),
  remove: (workspace: string, id: string) => call<unknown>("DELETE", pathOf(workspace, id)),
  test: (workspace: string, id: string) => call<Api.WebhookDeliveryShown>("POST", `${pathOf(workspace, id)}/test`),
  deliveries: async (workspace: string, id: string, limit: number) =>
    (await call<Api.WebhookDeliveryList>("GET", `${pathOf(workspace, id)}/deliveries?limit=${limit}`)).deliveries,
  delivery: (workspace: string, id: string, delivery: string) =>
    call<Api.WebhookDeliveryShown>("GET", deliveryPath(workspace, id, delivery)),
  redeliver: (workspace: string, id: string, delivery: string) =>
    call<Api.WebhookDeliveryShown>("POST", `${deliveryPath(workspace, id, delivery)}/redeliver`),
};

/** The path of one webhook's page. */
export const webhookPath = (id: string): string => `/webhooks?${new URLSearchParams({ id })}`;

/** What a receiver answered last, for people. */
export function describeOutcome({ status, fault, duration_ms: durationMs }: Api.WebhookDelivery): string {
  const duration = durationMs === null ? "" : ` in ${durationMs} ms`;
  return status === null ? `${fault ?? "not sent yet"}` : `${status}${duration}`;
}
