import { createHash } from "node:crypto";
import { SitepodError } from "#model";
import type { Api } from "#wire";
import { type Context, newId, nowIso } from "../context.ts";
import type { Actor, Scope } from "./actor.ts";
import { recordEvent } from "./audit.ts";

const PREFIX = "sitepod_";
/** 31 characters of 36: 160 bits. */
const SECRET_LENGTH = 31;
const SHOWN_LENGTH = PREFIX.length + 4;
/** The last use is written at most this often: a deploy of a thousand files is one use. */
const LAST_USE_PRECISION_MS = 60_000;

interface NewToken {
  readonly userId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly site?: { readonly id: string; readonly name: string } | undefined;
  readonly expiresInS?: number | undefined;
}

const hashToken = (token: string) => createHash("sha256").update(token).digest("hex");

/** Makes a token. Its text is in the answer and nowhere else: the database holds its hash. */
export async function createToken(context: Context, wanted: NewToken): Promise<Api.TokenCreated> {
  const token = newId(context, PREFIX.slice(0, -1), SECRET_LENGTH);
  const expiresAt =
    wanted.expiresInS === undefined ? null : new Date(context.nowMs() + wanted.expiresInS * 1000).toISOString();
  const row = {
    id: newId(context, "tok", 16),
    user_id: wanted.userId,
    name: wanted.name,
    hash: hashToken(token),
    prefix: token.slice(0, SHOWN_LENGTH),
    scopes: [...new Set(wanted.scopes)].sort().join(" "),
    site_id: wanted.site?.id ?? null,
    created_at: nowIso(context),
    last_used_at: null,
    expires_at: expiresAt,
  };
  await context.db.query.insertInto("tokens").values(row).execute();
  return { ...describeToken({ ...row, site_name: wanted.site?.name ?? null }), token };
}

/** Finds who a token belongs to. Undefined where it is unknown, revoked or expired. */
export async function findTokenActor(
  context: Context,
  token: string,
  address: string | null,
): Promise<Actor | undefined> {
  if (!token.startsWith(PREFIX)) return undefined;
  const row = await context.db.query
    .selectFrom("tokens")
    .innerJoin("user", "user.id", "tokens.user_id")
    .where("tokens.hash", "=", hashToken(token))
    .select(["tokens.id", "tokens.name", "tokens.scopes", "tokens.site_id", "tokens.expires_at", "tokens.last_used_at"])
    .select(["user.id as user_id", "user.email", "user.role"])
    .executeTakeFirst();
  if (!row || (row.expires_at !== null && row.expires_at <= nowIso(context))) return undefined;
  await noteUse(context, row.id, row.last_used_at);
  return {
    userId: row.user_id,
    email: row.email,
    isAdmin: row.role === "admin",
    scopes: new Set(row.scopes.split(" ") as Scope[]),
    siteId: row.site_id,
    tokenName: row.name,
    address,
  };
}

async function noteUse(context: Context, id: string, lastUsedAt: string | null): Promise<void> {
  if (lastUsedAt !== null && context.nowMs() - Date.parse(lastUsedAt) < LAST_USE_PRECISION_MS) return;
  await context.db.query
    .updateTable("tokens")
    .set({ last_used_at: nowIso(context) })
    .where("id", "=", id)
    .execute();
}

/** Lists an account's tokens, newest first, without their texts. */
export async function listTokens(context: Context, actor: Actor): Promise<{ tokens: Api.Token[] }> {
  const rows = await context.db.query
    .selectFrom("tokens")
    .leftJoin("sites", "sites.id", "tokens.site_id")
    .where("tokens.user_id", "=", actor.userId)
    .selectAll("tokens")
    .select("sites.name as site_name")
    .orderBy("tokens.created_at", "desc")
    .execute();
  return { tokens: rows.map(describeToken) };
}

/** Revokes one of the actor's tokens by its id or name. Throws SitepodError `not_found`. */
export async function revokeToken(context: Context, actor: Actor, idOrName: string): Promise<void> {
  const { numDeletedRows } = await context.db.query
    .deleteFrom("tokens")
    .where("user_id", "=", actor.userId)
    .where((where) => where.or([where("id", "=", idOrName), where("name", "=", idOrName)]))
    .executeTakeFirst();
  if (numDeletedRows === 0n) {
    throw new SitepodError(
      "not_found",
      `You have no token ${JSON.stringify(idOrName)}. List yours with sitepod token list.`,
    );
  }
  await recordEvent(context, actor, "token.revoke", { target: idOrName });
}

/** Revokes the token that makes the request; `authorization` is the header that shows it. */
export async function revokeShown(context: Context, actor: Actor, authorization: string): Promise<void> {
  const token = authorization.slice(authorization.indexOf(" ") + 1);
  await context.db.query.deleteFrom("tokens").where("hash", "=", hashToken(token)).execute();
  await recordEvent(context, actor, "token.revoke", { target: actor.tokenName ?? token.slice(0, SHOWN_LENGTH) });
}

interface TokenRow {
  id: string;
  name: string;
  prefix: string;
  scopes: string;
  site_name: string | null;
  created_at: string;
  last_used_at: string | null;
  expires_at: string | null;
}

function describeToken(row: TokenRow): Api.Token {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes.split(" ") as Scope[],
    project: row.site_name,
    created_at: row.created_at,
    last_used_at: row.last_used_at,
    expires_at: row.expires_at,
  };
}
