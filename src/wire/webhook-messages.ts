import {
  ALL_EVENTS,
  DEFAULT_OLD_SECRET_S,
  DELIVERY_STATES,
  MAX_OLD_SECRET_S,
  WEBHOOK_EVENTS,
  WEBHOOK_FORMATS,
} from "#model";
import { z } from "zod";
import { isoTime, projectName } from "./fields.ts";

/** The messages about webhooks, and about what was sent to them. */
export const webhookFormat = z.enum(WEBHOOK_FORMATS);
const eventNames = z
  .array(z.enum([ALL_EVENTS, ...WEBHOOK_EVENTS]))
  .min(1)
  .max(WEBHOOK_EVENTS.length + 1)
  .meta({ description: "What is told of; *: all, also what there will be", example: ["environment.released"] });
const feishuSecret = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .meta({ description: "feishu: what its bot checks signatures by. For json the server makes one" });
const url = z.string().min(1).max(4096).meta({ example: "https://example.com/hook" });

export const webhookRequest = z.strictObject({
  url,
  format: webhookFormat.default("json"),
  events: eventNames.default([ALL_EVENTS]),
  project: projectName.optional().meta({ description: "Only of this site" }),
  secret: feishuSecret,
});
export const webhookChange = z.strictObject({
  url: url.optional(),
  events: eventNames.optional(),
  project: projectName.nullable().optional().meta({ description: "null: of all sites of the workspace" }),
  is_enabled: z.boolean().optional(),
});
export const webhookRotation = z.strictObject({
  old_expires_in: z
    .int()
    .min(0)
    .max(MAX_OLD_SECRET_S)
    .optional()
    .meta({
      description: `seconds, in which what is sent is signed by the secrets before too; ${DEFAULT_OLD_SECRET_S} without it. 0: by none of them`,
    }),
  secret: feishuSecret,
});

export const webhook = z.object({
  id: z.string(),
  url: z.string().meta({ description: "Without what may be a key: a chat's path, a query" }),
  format: webhookFormat,
  events: z.array(z.string()),
  project: z.string().nullable().meta({ description: "null: all sites of the workspace" }),
  is_enabled: z.boolean(),
  disabled_reason: z.string().nullable().meta({ description: "Why the server has disabled it; null: it has not" }),
  is_signed: z.boolean(),
  old_secret_until: isoTime
    .nullable()
    .meta({ description: "Until when what is sent is signed by a secret before, too; null: it is not" }),
  failing_since: isoTime.nullable().meta({ description: "Since when nothing has arrived that was sent" }),
  created_by: z.string().nullable().meta({ description: "An e-mail address" }),
  created_at: isoTime,
});
export const webhookList = z.object({ webhooks: z.array(webhook) });
export const webhookCreated = webhook.extend({
  secret: z.string().nullable().meta({ description: "What signatures are made with; it is shown this once" }),
});

export const webhookDelivery = z.object({
  id: z.string().meta({ description: "What webhook-id says, at each attempt" }),
  event: z.string(),
  state: z.enum(DELIVERY_STATES),
  created_at: isoTime,
  attempts: z.int(),
  next_at: isoTime.nullable().meta({ description: "When it is sent next; null: no more" }),
  attempted_at: isoTime.nullable(),
  duration_ms: z.int().nullable(),
  status: z.int().nullable().meta({ description: "What the receiver answered last; null: nothing" }),
  fault: z.string().nullable().meta({ description: "What was wrong with the last attempt; null: nothing" }),
});
export const webhookDeliveryList = z.object({ deliveries: z.array(webhookDelivery) });
export const webhookDeliveryShown = webhookDelivery.extend({
  request: z.string().meta({ description: "The body that is sent" }),
  answer: z.string().nullable().meta({ description: "The beginning of the last answer" }),
});

export type WebhookRequest = z.infer<typeof webhookRequest>;
export type WebhookChange = z.infer<typeof webhookChange>;
export type WebhookRotation = z.infer<typeof webhookRotation>;
export type Webhook = z.infer<typeof webhook>;
export type WebhookList = z.infer<typeof webhookList>;
export type WebhookCreated = z.infer<typeof webhookCreated>;
export type WebhookDelivery = z.infer<typeof webhookDelivery>;
export type WebhookDeliveryList = z.infer<typeof webhookDeliveryList>;
export type WebhookDeliveryShown = z.infer<typeof webhookDeliveryShown>;
