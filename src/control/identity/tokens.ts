import { createHash } from "node:crypto";
import type { Kysely } from "kysely";
import type { Schema } from "#db";
import { type Environment, isEnvironment, SitepodError } from "#model";
import type { Api } from "#wire";
import { type Context, newId, nowIso } from "../context.ts";
import type { Site } from "../release/sites.ts";
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
  /** Absent: it may go wherever its account may. */
  readonly workspaceId?: string | undefined;
  readonly site?: Pick<Site, "id" | "name" | "workspace_id"> | undefined;
  readonly environments?: readonly Environment[] | undefined;
  readonly expiresInS?: number | undefined;
}

const hashToken = (token: string) => createHash("sha256").update(token).digest("hex");

/** Makes a token, and records that `actor` did. Its text is in the answer and nowhere else: the database holds its hash. */
export async function createToken(context: Context, actor: Actor, wanted: NewToken): Promise<Api.TokenCreated> {
  return await context.db.query.transaction().execute(async (query) => {
    const created = await insertToken(context, query, wanted);
    const { token: _, ...after } = created;
    const { site, workspaceId } = wanted;
    const subject = { target: wanted.name, after, ...(site && { site }), ...(workspaceId && { workspaceId }) };
    await recordEvent(context, actor, "token.create", subject, query);
    return created;
  });
}

/** Makes a token for who has just logged in. */
export const createLoginToken = (context: Context, userId: string, name: string): Promise<Api.TokenCreated> =>
  insertToken(context, context.db.query, { userId, name, scopes: ["admin"] });

async function insertToken(context: Context, query: Kysely<Schema>, wanted: NewToken): Promise<Api.TokenCreated> {
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
    workspace_id: wanted.site?.workspace_id ?? wanted.workspaceId ?? null,
    site_id: wanted.site?.id ?? null,
    environments: wanted.environments ? [...new Set(wanted.environments)].sort().join(" ") : null,
    created_at: nowIso(context),
    last_used_at: null,
    expires_at: expiresAt,
  };
  await query.insertInto("tokens").values(row).execute();
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
    .selectAll("tokens")
    .select(["user.email", "user.role"])
    .executeTakeFirst();
  if (!row || (row.expires_at !== null && row.expires_at <= nowIso(context))) return undefined;
  await noteUse(context, row.id, row.last_used_at);
  return {
    userId: row.user_id,
    email: row.email,
    isAdmin: row.role === "admin",
    scopes: new Set(row.scopes.split(" ") as Scope[]),
    siteId: row.site_id,
    workspaceId: row.workspace_id ?? undefined,
    environments: row.environments === null ? undefined : new Set(splitEnvironments(row.environments)),
    tokenId: row.id,
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

/** Lists an account's tokens, newest first, without their texts: those of the workspace that the request names, or all. */
export async function listTokens(context: Context, actor: Actor): Promise<{ tokens: Api.Token[] }> {
  const named = actor.chosenWorkspace;
  const all = tokensWithSites(context).where("tokens.user_id", "=", actor.userId);
  const rows = await (named === undefined ? all : all.where("tokens.workspace_id", "=", named)).execute();
  return { tokens: rows.map(describeToken) };
}

/** Lists the tokens that are a workspace's, whoever made them, newest first. */
export async function listWorkspaceTokens(context: Context, workspaceId: string): Promise<Api.WorkspaceTokenList> {
  const rows = await tokensWithSites(context)
    .innerJoin("user", "user.id", "tokens.user_id")
    .where("tokens.workspace_id", "=", workspaceId)
    .select("user.email")
    .execute();
  return { tokens: rows.map((row) => ({ ...describeToken(row), owner_email: row.email })) };
}

const tokensWithSites = ({ db }: Context) =>
  db.query
    .selectFrom("tokens")
    .leftJoin("sites", "sites.id", "tokens.site_id")
    .selectAll("tokens")
    .select("sites.name as site_name")
    .orderBy("tokens.created_at", "desc");

/** Revokes one of the actor's tokens by its id or name. Throws SitepodError `not_found`. */
export async function revokeToken(context: Context, actor: Actor, idOrName: string): Promise<void> {
  await revoke(context, actor, idOrName, { userId: actor.userId });
}

/** Revokes the token that makes the request, by its id. */
export const revokeShown = (context: Context, actor: Actor, id: string): Promise<void> =>
  revoke(context, actor, id, { userId: actor.userId });

/** Revokes a token that is a workspace's, whoever made it, by its id or name. Throws SitepodError `not_found`. */
export async function revokeWorkspaceToken(
  context: Context,
  actor: Actor,
  workspaceId: string,
  idOrName: string,
): Promise<void> {
  await revoke(context, actor, idOrName, { workspaceId });
}

async function revoke(
  context: Context,
  actor: Actor,
  idOrName: string,
  of: { readonly userId: string } | { readonly workspaceId: string },
): Promise<void> {
  await context.db.query.transaction().execute(async (query) => {
    const tokens = query
      .deleteFrom("tokens")
      .where((where) => where.or([where("id", "=", idOrName), where("name", "=", idOrName)]))
      .returningAll();
    const revoked = await (
      "userId" in of ? tokens.where("user_id", "=", of.userId) : tokens.where("workspace_id", "=", of.workspaceId)
    ).execute();
    if (revoked.length === 0) {
      throw new SitepodError(
        "not_found",
        `You have no token ${JSON.stringify(idOrName)}. List yours with sitepod token list.`,
      );
    }
    for (const row of revoked) {
      const { project: _, ...before } = describeToken({ ...row, site_name: null });
      const subject = { target: row.name, before, ...(row.workspace_id && { workspaceId: row.workspace_id }) };
      await recordEvent(context, actor, "token.revoke", subject, query);
    }
  });
}

const splitEnvironments = (text: string): Environment[] => text.split(" ").filter(isEnvironment);

interface TokenRow {
  id: string;
  name: string;
  prefix: string;
  scopes: string;
  workspace_id: string | null;
  environments: string | null;
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
    workspace_id: row.workspace_id,
    environments: row.environments === null ? null : splitEnvironments(row.environments),
    created_at: row.created_at,
    last_used_at: row.last_used_at,
    expires_at: row.expires_at,
  };
}
