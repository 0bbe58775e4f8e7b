import type { Kysely, Selectable, Transaction } from "kysely";
import type { Schema, WebhookTable } from "#db";
import { DEFAULT_OLD_SECRET_S, SitepodError } from "#model";
import type { Api } from "#wire";
import { type Context, nowIso } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { newSigningSecret } from "./formats/sign.ts";
import type { Seal } from "./seal.ts";
import { describeWebhook, requireWebhook, secretPlace, type WebhookPlace, type WebhookRow } from "./webhooks.ts";

/** Each makes what is sent longer by a signature. */
const MAX_OLD_SECRETS = 4;

/**
 * Replaces the secret of a webhook. What is sent is signed by those before, too, for as long as is asked for and no longer
 * than was asked for them; so a receiver misses nothing while it is told the new one, which is in the answer and nowhere
 * else that can be read. Throws SitepodError: `invalid` where the format has no secret, or one that the receiver makes;
 * `not_found`; `conflict` where too many are still good.
 */
export async function rotateSecret(
  context: Context,
  seal: Seal,
  actor: Actor,
  { workspace, id }: WebhookPlace,
  request: Api.WebhookRotation,
): Promise<Api.WebhookCreated> {
  return await inTurn(context, id, async (query) => {
    const found = await requireWebhook(query, workspace.id, id);
    const secret = secretFor(context, found, request);
    const oldForS = found.format === "json" ? (request.old_expires_in ?? DEFAULT_OLD_SECRET_S) : 0;
    const expiresAt = new Date(context.nowMs() + oldForS * 1000).toISOString();
    await query
      .updateTable("webhook_old_secrets")
      .set({ expires_at: expiresAt })
      .where("webhook_id", "=", id)
      .where("expires_at", ">", expiresAt)
      .execute();
    await forgetOldSecrets(context, query);
    if (found.secret !== null && oldForS > 0) {
      await requireRoom(query, found);
      const old = { webhook_id: id, secret: found.secret, expires_at: expiresAt };
      await query.insertInto("webhook_old_secrets").values(old).execute();
    }
    const sealed = seal.close(secret, secretPlace(id));
    await query.updateTable("webhooks").set({ secret: sealed }).where("id", "=", id).execute();
    const after = describeWebhook(context, await requireWebhook(query, workspace.id, id));
    const { url, old_secret_until } = after;
    const subject = { workspaceId: workspace.id, target: url, after: { old_secret_until } };
    await recordEvent(context, actor, "webhook.rotate", subject, query);
    return { ...after, secret: found.format === "json" ? secret : null };
  });
}

/** Two at once would each keep the secret that was before both. */
const inTurn = <T>(context: Context, id: string, work: (query: Transaction<Schema>) => Promise<T>): Promise<T> =>
  context.inTurn(`secret of ${id}`, () => context.db.query.transaction().execute(work));

/** What a webhook is signed with now, the newest first; none: with nothing. Undefined where it was sealed with another key. */
export async function openSecrets(
  context: Context,
  seal: Seal,
  { id, format, secret }: Pick<Selectable<WebhookTable>, "id" | "format" | "secret">,
): Promise<string[] | undefined> {
  if (secret === null) return [];
  const sealed = format === "json" ? [secret, ...(await listOldSecrets(context, id))] : [secret];
  const opened = sealed.map((text) => seal.open(text, secretPlace(id))).filter((text) => text !== undefined);
  return opened.length === sealed.length ? opened : undefined;
}

async function listOldSecrets(context: Context, webhookId: string): Promise<string[]> {
  const rows = await context.db.query
    .selectFrom("webhook_old_secrets")
    .where("webhook_id", "=", webhookId)
    .where("expires_at", ">", nowIso(context))
    .select("secret")
    .orderBy("expires_at", "desc")
    .execute();
  return rows.map(({ secret }) => secret);
}

/** Forgets the secrets that nothing is signed with any more. */
export async function forgetOldSecrets(context: Context, query: Kysely<Schema> = context.db.query): Promise<void> {
  await query.deleteFrom("webhook_old_secrets").where("expires_at", "<=", nowIso(context)).execute();
}

function secretFor(context: Context, { format }: WebhookRow, request: Api.WebhookRotation): string {
  const refuse = (sentence: string) => new SitepodError("invalid", sentence);
  switch (format) {
    case "json":
      if (request.secret === undefined) return newSigningSecret(context.randomBytes);
      throw refuse("A webhook of the format json is given no secret: the server makes one.");
    case "feishu":
      if (request.old_expires_in) {
        throw refuse(
          "A message to Feishu bears one signature: the secret before is good no longer. Leave old_expires_in out.",
        );
      }
      if (request.secret !== undefined) return request.secret;
      throw refuse(
        "Feishu makes the secret of its bots. Make a new one there, and give it as secret (SITEPOD_WEBHOOK_SECRET).",
      );
    case "slack":
    case "discord":
      throw refuse(
        `A webhook of the format ${format} has no secret but its URL. Make a new one there, and give it: ` +
          "sitepod webhook change (SITEPOD_WEBHOOK_URL).",
      );
    default:
      return format satisfies never;
  }
}

async function requireRoom(query: Kysely<Schema>, { id, old_secret_until: until }: WebhookRow): Promise<void> {
  const { count } = await query
    .selectFrom("webhook_old_secrets")
    .where("webhook_id", "=", id)
    .select((select) => select.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  if (count < MAX_OLD_SECRETS) return;
  throw new SitepodError(
    "conflict",
    `What is sent is signed by ${count} secrets before this one, until ${until}. Have them end at once (old_expires_in: 0), or wait.`,
  );
}
