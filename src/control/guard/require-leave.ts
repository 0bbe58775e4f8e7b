import { decideMove, type Environment, formatVersion, SitepodError } from "#model";
import { type Context, newId, nowIso } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import type { Order } from "../release/order.ts";
import type { Site } from "../release/sites.ts";
import { findGuard } from "./guards.ts";

/** What nobody has approved by then is forgotten. */
const APPROVAL_LIFE_MS = 7 * 24 * 60 * 60 * 1000;

export interface WantedMove {
  readonly environment: Environment;
  readonly version: number;
  readonly action: "release" | "rollback";
  readonly order: Order;
  readonly isApproved: boolean;
  /** Whether the move would also put a password on the environment. */
  readonly hasPassword: boolean;
}

/**
 * Lets a move pass that the environment's guard allows. Throws SitepodError: `locked`; `approval_required`, once another
 * member has been asked. To be called in the site's turn.
 */
export async function requireLeave(context: Context, actor: Actor, site: Site, move: WantedMove): Promise<void> {
  const guard = await findGuard(context, site, move.environment);
  const place = `${move.environment} of ${site.name}`;
  switch (decideMove(guard, { ...move, wasServed: guard !== undefined && (await wasServed(context, site, move)) })) {
    case "go":
      return;
    case "locked":
      throw new SitepodError(
        "locked",
        `${place} is locked: ${guard?.kind === "lock" ? guard.reason : ""}. Nobody moves it until an admin takes the lock off.`,
      );
    case "ask": {
      if (move.hasPassword) {
        throw new SitepodError(
          "invalid",
          `${place} needs an approval: protect it with sitepod protect, apart from it.`,
        );
      }
      const approvalId = await ask(context, actor, site, move);
      throw new SitepodError(
        "approval_required",
        `${place} needs another member's approval. It is asked for: sitepod approval approve ${approvalId}`,
        { approvalId },
      );
    }
  }
}

async function wasServed({ db }: Context, { id }: Site, { environment, version }: WantedMove): Promise<boolean> {
  const row = await db.query
    .selectFrom("deployments")
    .where("site_id", "=", id)
    .where("environment", "=", environment)
    .where("version", "=", version)
    .select("id")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Asks for an approval, or finds the one that the actor has asked for. Returns its id. */
async function ask(context: Context, actor: Actor, site: Site, move: WantedMove): Promise<string> {
  const { environment, version, action, order } = move;
  const now = nowIso(context);
  const asked = await context.db.query
    .selectFrom("approvals")
    .where("site_id", "=", site.id)
    .where("environment", "=", environment)
    .where("version", "=", version)
    .where("action", "=", action)
    .where("requested_by", "=", actor.userId)
    .where("state", "=", "pending")
    .where("expires_at", ">", now)
    .select("id")
    .executeTakeFirst();
  if (asked) return asked.id;
  const id = newId(context, "approval", 16);
  const row = {
    id,
    site_id: site.id,
    environment,
    version,
    action,
    expected_release: order.expectedRelease ?? null,
    in_order: order.inOrder ?? null,
    state: "pending" as const,
    requested_by: actor.userId,
    requested_at: now,
    expires_at: new Date(context.nowMs() + APPROVAL_LIFE_MS).toISOString(),
  };
  await context.db.query.transaction().execute(async (query) => {
    await query.insertInto("approvals").values(row).execute();
    const asked = { environment, version: formatVersion(version) };
    const target = `${environment} ${asked.version}`;
    const after = { approval: id, action, ...asked };
    await recordEvent(context, actor, "approval.request", { site, target, after }, query);
  });
  return id;
}
