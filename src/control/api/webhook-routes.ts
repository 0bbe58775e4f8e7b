import { DELIVERY_STATES } from "#model";
import { api } from "#wire";
import type { Context } from "../context.ts";
import { findWorkspace } from "../identity/workspace.ts";
import { listDeliveries, redeliver, sendTest, showDelivery } from "../webhooks/deliveries.ts";
import type { Seal } from "../webhooks/seal.ts";
import { rotateSecret } from "../webhooks/secrets.ts";
import { changeWebhook, createWebhook, deleteWebhook, listWebhooks } from "../webhooks/webhooks.ts";
import { addRoute, type Api, z } from "./route.ts";
import { byWorkspace } from "./workspace-routes.ts";

const tag = "Webhooks";
const byWebhook = byWorkspace.extend({ id: z.string().max(100) });
const byDelivery = byWebhook.extend({ delivery: z.string().max(100) });
const pageOfDeliveries = z.object({
  state: z.enum(DELIVERY_STATES).optional(),
  before: z.string().max(100).optional().meta({ description: "The id of a delivery: only older ones" }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export function addWebhookRoutes(app: Api, context: Context, seal: Seal): void {
  addRoute(
    app,
    {
      method: "get",
      path: "/workspaces/{workspace}/webhooks",
      tag,
      summary: "List a workspace's webhooks",
      permission: "webhook:read",
      params: byWorkspace,
      answer: api.webhookList,
    },
    async ({ actor, params }) =>
      await listWebhooks(context, (await findWorkspace(context, actor, params.workspace)).id),
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/workspaces/{workspace}/webhooks",
      tag,
      summary: "Have what happens in a workspace told to a receiver or a chat",
      permission: "webhook:write",
      params: byWorkspace,
      body: api.webhookRequest,
      answer: api.webhookCreated,
    },
    async ({ actor, params, body }) =>
      await createWebhook(context, seal, actor, await findWorkspace(context, actor, params.workspace), body),
  );

  addRoute(
    app,
    {
      method: "put",
      path: "/workspaces/{workspace}/webhooks/{id}",
      tag,
      summary: "Change what a webhook is told, where it goes, or whether",
      permission: "webhook:write",
      params: byWebhook,
      body: api.webhookChange,
      answer: api.webhook,
    },
    async ({ actor, params, body }) => {
      const workspace = await findWorkspace(context, actor, params.workspace);
      return await changeWebhook(context, seal, actor, { workspace, id: params.id }, body);
    },
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/workspaces/{workspace}/webhooks/{id}",
      tag,
      summary: "Delete a webhook, with the log of what was sent to it",
      permission: "webhook:write",
      params: byWebhook,
      answer: api.message,
    },
    async ({ actor, params }) => {
      const workspace = await findWorkspace(context, actor, params.workspace);
      const { url } = await deleteWebhook(context, actor, { workspace, id: params.id });
      return { message: `The webhook to ${url} is deleted.` };
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/workspaces/{workspace}/webhooks/{id}/secret",
      tag,
      summary: "Replace what a webhook's messages are signed with; for a time they bear both signatures",
      permission: "webhook:write",
      params: byWebhook,
      body: api.webhookRotation,
      answer: api.webhookCreated,
    },
    async ({ actor, params, body }) => {
      const workspace = await findWorkspace(context, actor, params.workspace);
      return await rotateSecret(context, seal, actor, { workspace, id: params.id }, body);
    },
  );

  addDeliveryRoutes(app, context, seal);
}

function addDeliveryRoutes(app: Api, context: Context, seal: Seal): void {
  addRoute(
    app,
    {
      method: "post",
      path: "/workspaces/{workspace}/webhooks/{id}/test",
      tag,
      summary: "Send a test message, and tell what was answered",
      permission: "webhook:write",
      params: byWebhook,
      answer: api.webhookDeliveryShown,
    },
    async ({ actor, params }) => {
      const workspace = await findWorkspace(context, actor, params.workspace);
      return await sendTest(context, seal, actor, { workspace, id: params.id });
    },
  );

  addRoute(
    app,
    {
      method: "get",
      path: "/workspaces/{workspace}/webhooks/{id}/deliveries",
      tag,
      summary: "List what was and is to be sent to a webhook, newest first",
      permission: "webhook:read",
      params: byWebhook,
      query: pageOfDeliveries,
      answer: api.webhookDeliveryList,
    },
    async ({ actor, params, query }) => {
      const workspace = await findWorkspace(context, actor, params.workspace);
      return await listDeliveries(context, { workspace, id: params.id }, query);
    },
  );

  addRoute(
    app,
    {
      method: "get",
      path: "/workspaces/{workspace}/webhooks/{id}/deliveries/{delivery}",
      tag,
      summary: "Show a delivery, with what is sent and what was answered",
      permission: "webhook:read",
      params: byDelivery,
      answer: api.webhookDeliveryShown,
    },
    async ({ actor, params }) => {
      const workspace = await findWorkspace(context, actor, params.workspace);
      return await showDelivery(context, { workspace, id: params.id }, params.delivery);
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/workspaces/{workspace}/webhooks/{id}/deliveries/{delivery}/redeliver",
      tag,
      summary: "Send a delivery again now, with the same id",
      permission: "webhook:write",
      params: byDelivery,
      answer: api.webhookDeliveryShown,
    },
    async ({ actor, params }) => {
      const workspace = await findWorkspace(context, actor, params.workspace);
      return await redeliver(context, seal, actor, { workspace, id: params.id }, params.delivery);
    },
  );
}
