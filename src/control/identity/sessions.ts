import { SitepodError } from "#model";
import type { Api } from "#wire";
import { type Context, nowIso } from "../context.ts";
import type { Actor } from "./actor.ts";
import { recordEvent } from "./audit.ts";
import type { Identity } from "./better-auth.ts";
import { type Client, headersOf } from "./client.ts";

/** The browsers that are signed in to an account. */
export interface Sessions {
  /** The newest first. */
  list(actor: Actor, client: Client): Promise<Api.SessionList>;
  /** Signs a browser out. Throws SitepodError `not_found`. */
  revoke(actor: Actor, id: string): Promise<void>;
  /** Signs out all browsers but the one that asks. Returns how many they were. */
  revokeOthers(actor: Actor, client: Client): Promise<number>;
}

export function createSessions(context: Context, identity: Identity): Sessions {
  const { query } = context.db;
  async function currentId(client: Client): Promise<string> {
    const auth = await identity();
    const current = await auth.api.getSession({ headers: headersOf(client) });
    return current?.session.id ?? "";
  }

  return {
    async list(actor, client) {
      const current = await currentId(client);
      const rows = await query
        .selectFrom("session")
        .where("userId", "=", actor.userId)
        .where("expiresAt", ">", nowIso({ nowMs: Date.now }))
        .select(["id", "createdAt", "updatedAt", "expiresAt", "ipAddress", "userAgent"])
        .orderBy("createdAt", "desc")
        .execute();
      return {
        sessions: rows.map((row) => ({
          id: row.id,
          created_at: row.createdAt,
          last_used_at: row.updatedAt,
          expires_at: row.expiresAt,
          address: row.ipAddress || null,
          user_agent: row.userAgent || null,
          is_current: row.id === current,
        })),
      };
    },
    async revoke(actor, id) {
      await query.transaction().execute(async (transaction) => {
        const { numDeletedRows } = await transaction
          .deleteFrom("session")
          .where("userId", "=", actor.userId)
          .where("id", "=", id)
          .executeTakeFirst();
        if (numDeletedRows === 0n) throw new SitepodError("not_found", "There is no such session. It may have ended.");
        await recordEvent(context, actor, "session.revoke", { target: id }, transaction);
      });
    },
    async revokeOthers(actor, client) {
      const current = await currentId(client);
      return await query.transaction().execute(async (transaction) => {
        const { numDeletedRows } = await transaction
          .deleteFrom("session")
          .where("userId", "=", actor.userId)
          .where("id", "!=", current)
          .executeTakeFirst();
        await recordEvent(context, actor, "session.revoke", { target: "all others" }, transaction);
        return Number(numDeletedRows);
      });
    },
  };
}
