import type { Schema } from "#db";
import { type Environment, ENVIRONMENTS, type Guard, placeGuard } from "#model";
import type { Api } from "#wire";
import { type Context, nowIso } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import type { Site } from "../release/sites.ts";

/** Finds what stands before an environment. */
export async function findGuard({ db }: Context, { id }: Site, environment: Environment): Promise<Guard | undefined> {
  const row = await db.query
    .selectFrom("guards")
    .where("site_id", "=", id)
    .where("environment", "=", environment)
    .select(["kind", "reason", "over"])
    .executeTakeFirst();
  return row && guardOf(row);
}

const guardOf = ({ kind, reason, over }: Pick<Schema["guards"], "kind" | "reason" | "over">): Guard =>
  kind === "lock" ? { kind, reason: reason ?? "", ...(over && { over }) } : { kind };

/** Lists the guards of a site's environments, of each one. */
export async function listGuards({ db }: Context, { id }: Site): Promise<Api.GuardList> {
  const rows = await db.query
    .selectFrom("guards")
    .leftJoin("user", "user.id", "guards.set_by")
    .where("site_id", "=", id)
    .selectAll("guards")
    .select("user.email")
    .execute();
  return {
    guards: ENVIRONMENTS.map((environment) => {
      const row = rows.find((guard) => guard.environment === environment);
      return {
        environment,
        guard: row ? guardOf(row) : null,
        set_by: row?.email ?? null,
        set_at: row?.set_at ?? null,
      };
    }),
  };
}

/** Puts a guard before an environment, or (null) takes it away, as `placeGuard` decides. Called in the site's turn. */
export async function setGuard(
  context: Context,
  actor: Actor,
  site: Site,
  environment: Environment,
  wish: Guard | null,
): Promise<Api.GuardState> {
  const before = (await findGuard(context, site, environment)) ?? null;
  const guard = placeGuard(before ?? undefined, wish) ?? null;
  const set_at = nowIso(context);
  await context.db.query.transaction().execute(async (query) => {
    await query.deleteFrom("guards").where("site_id", "=", site.id).where("environment", "=", environment).execute();
    if (guard) {
      const [reason, over] = guard.kind === "lock" ? [guard.reason, guard.over ?? null] : [null, null];
      const row = { site_id: site.id, environment, kind: guard.kind, reason, over, set_by: actor.userId, set_at };
      await query.insertInto("guards").values(row).execute();
    }
    const action = wish ? "guard.set" : "guard.remove";
    await recordEvent(context, actor, action, { site, target: environment, before, after: guard }, query);
  });
  return { environment, guard, set_by: guard && actor.email, set_at: guard && set_at };
}
