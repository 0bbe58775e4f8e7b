import { LRUCache } from "lru-cache";
import { SitepodError } from "#model";
import type { Context } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { createLimiter } from "../identity/limiter.ts";
import { findLimits, orAsk } from "./limits.ts";
import { findOwnWorkspace } from "./own-workspace.ts";

/**
 * Counts requests to the API, of each workspace in each minute, and of each account that has none of its own. Control planes
 * that share a database count together.
 */
export interface RequestLimit {
  /** Counts one of the actor's. Throws SitepodError `rate_limited` where its workspace has made too many. */
  count(actor: Actor): Promise<void>;
  /** Looks limits up anew. Other control planes do within `LIMITS_KEPT_MS`. */
  forget(): void;
}

const WINDOW_S = 60;
/** Whose limits were looked up so long ago is looked up again. */
const LIMITS_KEPT_MS = 10_000;
const REMEMBERED_ACTORS = 10_000;

interface Counted {
  /** The workspace, or the account. */
  readonly id: string;
  readonly limit: number;
}

export function createRequestLimit(context: Pick<Context, "db" | "settings">): RequestLimit {
  // Each workspace has a limit of its own: what it is, is not for the limiter to say.
  const limiter = createLimiter(context.db, {
    table: "request_counts",
    keyPrefix: "requests",
    points: Number.MAX_SAFE_INTEGER,
    duration: WINDOW_S,
  });
  const known = new LRUCache<string, Promise<Counted>>({ max: REMEMBERED_ACTORS, ttl: LIMITS_KEPT_MS });

  async function look(actor: Actor): Promise<Counted> {
    const id = (await findOwnWorkspace(context.db.query, actor)) ?? actor.userId;
    return { id, limit: (await findLimits(context, id)).maxRequestsPerMinute };
  }

  function find(actor: Actor): Promise<Counted> {
    const key = `${actor.userId} ${actor.workspaceId}`;
    let found = known.get(key);
    if (!found) {
      found = look(actor);
      known.set(key, found);
      void found.catch(() => known.delete(key));
    }
    return found;
  }

  return {
    async count(actor) {
      const { id, limit } = await find(actor);
      if (limit === Infinity) return;
      const { consumedPoints, msBeforeNext } = await limiter.consume(id);
      if (consumedPoints > limit) throw tooMany(limit, msBeforeNext);
    },
    forget: () => known.clear(),
  };
}

function tooMany(limit: number, msBeforeNext: number): SitepodError {
  const retryAfterS = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new SitepodError(
    "rate_limited",
    `This workspace has made the ${limit} requests that it may make in a minute. Try again in ${retryAfterS} seconds, ` +
      `${orAsk("SITEPOD_MAX_REQUESTS_PER_MINUTE")}`,
    { retryAfterS },
  );
}
