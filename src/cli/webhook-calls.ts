import type { Api } from "#wire";
import type { SendMessage } from "./send-message.ts";

type NewWebhook = Partial<Api.WebhookRequest> & Pick<Api.WebhookRequest, "url">;

/** The part of the API about webhooks. */
export function createWebhookCalls(call: SendMessage) {
  const of = (workspace: string) => `/workspaces/${encodeURIComponent(workspace)}/webhooks`;
  const one = (workspace: string, id: string) => `${of(workspace)}/${encodeURIComponent(id)}`;
  const sent = (workspace: string, id: string, delivery: string) =>
    `${one(workspace, id)}/deliveries/${encodeURIComponent(delivery)}`;
  return {
    webhooks: (workspace: string) => call<Api.WebhookList>("GET", of(workspace)),
    createWebhook: (workspace: string, request: NewWebhook) =>
      call<Api.WebhookCreated>("POST", of(workspace), { body: request }),
    changeWebhook: (workspace: string, id: string, change: Api.WebhookChange) =>
      call<Api.Webhook>("PUT", one(workspace, id), { body: change }),
    rotateWebhookSecret: (workspace: string, id: string, request: Api.WebhookRotation) =>
      call<Api.WebhookCreated>("POST", `${one(workspace, id)}/secret`, { body: request }),
    deleteWebhook: (workspace: string, id: string) => call<{ message: string }>("DELETE", one(workspace, id)),
    testWebhook: (workspace: string, id: string) =>
      call<Api.WebhookDeliveryShown>("POST", `${one(workspace, id)}/test`),
    deliveries: (workspace: string, id: string, query: DeliveryQuery) =>
      call<Api.WebhookDeliveryList>("GET", `${one(workspace, id)}/deliveries`, { query: { ...query } }),
    delivery: (workspace: string, id: string, delivery: string) =>
      call<Api.WebhookDeliveryShown>("GET", sent(workspace, id, delivery)),
    redeliver: (workspace: string, id: string, delivery: string) =>
      call<Api.WebhookDeliveryShown>("POST", `${sent(workspace, id, delivery)}/redeliver`),
  };
}

interface DeliveryQuery {
  readonly limit: number;
  readonly state?: Api.WebhookDelivery["state"];
}
