import type { Kysely, Selectable, Updateable } from "kysely";
import type { Schema, WebhookTable } from "#db";
import { parseWebhookUrl, showWebhookUrl, SitepodError, type WebhookFormat } from "#model";
import type { Api } from "#wire";
import { type Context, newId, nowIso } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import type { Workspace } from "../identity/workspace.ts";
import { findSite } from "../release/sites.ts";
import { newSigningSecret } from "./formats/sign.ts";
import type { Seal } from "./seal.ts";

/** Each makes every change of its workspace write more. */
const MAX_WEBHOOKS = 20;

/** Which webhook is meant, of which workspace. */
export interface WebhookPlace {
  readonly workspace: Workspace;
  readonly id: string;
}

/** Where the seals of a webhook's texts are good. */
export const urlPlace = (id: string): string => `${id} url`;
export const secretPlace = (id: string): string => `${id} secret`;

/** Lists the webhooks of a workspace, the oldest first. */
export async function listWebhooks(context: Context, workspaceId: string): Promise<Api.WebhookList> {
  const rows = await webhooksOf(context.db.query, workspaceId).orderBy("webhooks.created_at").execute();
  return { webhooks: rows.map((row) => describeWebhook(context, row)) };
}

/**
 * Makes a webhook. Its secret is in the answer and nowhere else that can be read. Throws SitepodError: `invalid`;
 * `not_found` where the site is none of the workspace's; `conflict` where there are too many.
 */
export async function createWebhook(
  context: Context,
  seal: Seal,
  actor: Actor,
  workspace: Workspace,
  request: Api.WebhookRequest,
): Promise<Api.WebhookCreated> {
  const url = requireUrl(context, request.url);
  const site = request.project === undefined ? null : await requireSite(context, actor, workspace, request.project);
  const secret = secretFor(context, request);
  const id = newId(context, "wh", 16);
  const row = {
    id,
    workspace_id: workspace.id,
    site_id: site?.id ?? null,
    format: request.format,
    shown_url: showWebhookUrl(url, request.format),
    url: seal.close(url.href, urlPlace(id)),
    secret: secret === null ? null : seal.close(secret, secretPlace(id)),
    events: [...new Set(request.events)].join(" "),
    disabled_reason: null,
    created_by: actor.userId,
    created_at: nowIso(context),
    failing_since: null,
  };
  return await context.db.query.transaction().execute(async (query) => {
    await requireRoom(query, workspace);
    await query.insertInto("webhooks").values(row).execute();
    const made = describeWebhook(context, await requireWebhook(query, workspace.id, id));
    const subject = { workspaceId: workspace.id, target: made.url, after: auditOf(made) };
    await recordEvent(context, actor, "webhook.create", subject, query);
    return { ...made, secret: request.format === "json" ? secret : null };
  });
}

/**
 * Changes what is told, where it goes, or whether. One that is disabled is told of nothing, also not of what was still to
 * be sent. Throws SitepodError as `createWebhook` does.
 */
export async function changeWebhook(
  context: Context,
  seal: Seal,
  actor: Actor,
  { workspace, id }: WebhookPlace,
  change: Api.WebhookChange,
): Promise<Api.Webhook> {
  const url = change.url === undefined ? undefined : requireUrl(context, change.url);
  const { project } = change;
  const site = typeof project === "string" ? await requireSite(context, actor, workspace, project) : project;
  return await context.db.query.transaction().execute(async (query) => {
    const found = await requireWebhook(query, workspace.id, id);
    const changed: Updateable<WebhookTable> = {
      ...(change.events && { events: [...new Set(change.events)].join(" ") }),
      ...(site !== undefined && { site_id: site?.id ?? null }),
      ...(url && { url: seal.close(url.href, urlPlace(id)), shown_url: showWebhookUrl(url, found.format) }),
      ...(change.is_enabled !== undefined && { is_enabled: Number(change.is_enabled), disabled_reason: null }),
      ...((change.is_enabled || url) && { failing_since: null }),
    };
    if (Object.keys(changed).length > 0) {
      await query.updateTable("webhooks").set(changed).where("id", "=", id).execute();
    }
    if (change.is_enabled === false) await dropPending(query, id);
    const after = describeWebhook(context, await requireWebhook(query, workspace.id, id));
    const subject = { before: auditOf(describeWebhook(context, found)), after: auditOf(after) };
    await recordEvent(
      context,
      actor,
      "webhook.update",
      { workspaceId: workspace.id, target: after.url, ...subject },
      query,
    );
    return after;
  });
}

/** Deletes a webhook with the log of what was sent to it. Throws SitepodError `not_found`. */
export async function deleteWebhook(
  context: Context,
  actor: Actor,
  { workspace, id }: WebhookPlace,
): Promise<Api.Webhook> {
  return await context.db.query.transaction().execute(async (query) => {
    const gone = describeWebhook(context, await requireWebhook(query, workspace.id, id));
    await query.deleteFrom("webhooks").where("id", "=", id).execute();
    const subject = { workspaceId: workspace.id, target: gone.url, before: auditOf(gone) };
    await recordEvent(context, actor, "webhook.delete", subject, query);
    return gone;
  });
}

/** Gives up all that was still to be sent to a webhook. */
export async function dropPending(query: Kysely<Schema>, webhookId: string): Promise<void> {
  await query
    .updateTable("webhook_deliveries")
    .set({ state: "failed", fault: "The webhook was disabled before it was sent." })
    .where("webhook_id", "=", webhookId)
    .where("state", "=", "pending")
    .execute();
}

/** Finds a webhook of a workspace. Throws SitepodError `not_found`. */
export async function requireWebhook(query: Kysely<Schema>, workspaceId: string, id: string): Promise<WebhookRow> {
  const row = await webhooksOf(query, workspaceId).where("webhooks.id", "=", id).executeTakeFirst();
  if (row) return row;
  throw new SitepodError(
    "not_found",
    `The workspace has no webhook ${JSON.stringify(id)}. List them with sitepod webhook list.`,
  );
}

export type WebhookRow = Selectable<WebhookTable> & {
  readonly site_name: string | null;
  readonly email: string | null;
  /** The last of those of the secrets before. */
  readonly old_secret_until: string | null;
};

const webhooksOf = (query: Kysely<Schema>, workspaceId: string) =>
  query
    .selectFrom("webhooks")
    .leftJoin("sites", "sites.id", "webhooks.site_id")
    .leftJoin("user", "user.id", "webhooks.created_by")
    .where("webhooks.workspace_id", "=", workspaceId)
    .selectAll("webhooks")
    .select(["sites.name as site_name", "user.email"])
    .select((select) =>
      select
        .selectFrom("webhook_old_secrets as old")
        .whereRef("old.webhook_id", "=", "webhooks.id")
        .select((of) => of.fn.max("old.expires_at").as("until"))
        .as("old_secret_until"),
    );

function requireUrl(context: Context, text: string): URL {
  const url = parseWebhookUrl(text);
  if (!url.ok) throw new SitepodError("invalid", `A webhook's URL ${url.fault}.`);
  if (context.webhookSender.mayReach(url.value)) return url.value;
  throw new SitepodError(
    "invalid",
    `${url.value.host} is no address of the public internet. Only the server's owner can let webhooks go there: ` +
      "sitepod serve --allow-webhooks-to.",
  );
}

async function requireSite(context: Context, actor: Actor, workspace: Workspace, project: string) {
  const site = await findSite(context, actor, project);
  if (site.workspace_id === workspace.id) return site;
  throw new SitepodError("not_found", `The workspace ${workspace.name} has no site ${JSON.stringify(project)}.`);
}

function secretFor(context: Context, { format, secret }: Api.WebhookRequest): string | null {
  if (format === "json" && secret === undefined) return newSigningSecret(context.randomBytes);
  if (format === "feishu" || secret === undefined) return secret ?? null;
  const rest: Record<Exclude<WebhookFormat, "feishu">, string> = {
    json: "the server makes one",
    slack: "Slack checks none",
    discord: "Discord checks none",
  };
  throw new SitepodError("invalid", `A webhook of the format ${format} is given no secret: ${rest[format]}.`);
}

async function requireRoom(query: Kysely<Schema>, { id }: Workspace): Promise<void> {
  const { count } = await query
    .selectFrom("webhooks")
    .where("workspace_id", "=", id)
    .select((select) => select.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  if (count < MAX_WEBHOOKS) return;
  throw new SitepodError("conflict", `The workspace has ${count} webhooks, which is the limit. Delete one first.`);
}

const auditOf = ({ url, format, events, project, is_enabled }: Api.Webhook) => ({
  url,
  format,
  events,
  project,
  is_enabled,
});

/** Tells of a webhook what its workspace may read. */
export const describeWebhook = ({ nowMs }: Pick<Context, "nowMs">, row: WebhookRow): Api.Webhook => ({
  id: row.id,
  url: row.shown_url,
  format: row.format,
  events: row.events.split(" "),
  project: row.site_name,
  is_enabled: row.is_enabled === 1,
  disabled_reason: row.disabled_reason,
  is_signed: row.secret !== null,
  old_secret_until:
    row.old_secret_until !== null && row.old_secret_until > nowIso({ nowMs }) ? row.old_secret_until : null,
  failing_since: row.failing_since,
  created_by: row.email,
  created_at: row.created_at,
});
