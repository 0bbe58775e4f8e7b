import { LRUCache } from "lru-cache";
import type { NamedHost } from "./host-parser.ts";
import { patiently } from "./patience.ts";
import type { Readers } from "./readers.ts";
import { type Resolved, resolveRoute, type Route } from "./ref.ts";

/** A pointer is followed at most this long after it was read, unless the store does not tell where it leads now. */
export const MAX_POINTER_AGE_MS = 5000;
const MAX_ROUTES = 10_000;
/** Names that anybody can make up are kept apart: however many there are, they drive out no site. */
const MAX_STRANGERS = 10_000;

export interface HostOptions {
  readonly readers: Readers;
  readonly parseHost: (header: string | null) => NamedHost;
  readonly nowMs: () => number;
  readonly log: (message: string, cause?: unknown) => void;
}

export interface HostRoutes {
  /** Finds where a Host header leads. Throws where the store cannot tell and nothing was known before. */
  find(header: string | null): Followed | Promise<Followed>;
  /** Drops what was read from this key, or is being read from it: the next request reads it again. */
  forget(key: string): void;
  readonly size: number;
}

/** Until when something that was read may be followed without looking again: milliseconds since the epoch. */
export interface Freshness {
  untilMs: number;
}

/** A route, and the freshness of every pointer that led there. */
export type Followed<R extends Route = Route> = R & { readonly follows: readonly Freshness[] };

/** What is known of a host, what is being read about it, and the keys that either came from. */
interface Memory {
  known?: { readonly route: Followed; readonly freshness: Freshness };
  reading?: Promise<Followed>;
  /** A document behind it has changed: what is still being read may be from before, and is followed no longer than now. */
  isForgotten?: true;
  readonly keys: Set<string>;
}

/** Remembers where hosts lead: the few lookups behind a host are made once in `MAX_POINTER_AGE_MS`, and shared. */
export function createHostRoutes({ readers, parseHost, nowMs, log }: HostOptions): HostRoutes {
  const memories = new LRUCache<string, Memory>({ max: MAX_ROUTES });
  const strangers = new LRUCache<string, Memory>({ max: MAX_STRANGERS });

  /** Moves a name to where it belongs, unless it was forgotten while it was being read. */
  function settle(name: string, memory: Memory, { route, isWildcard }: Resolved): void {
    const isStranger = route.kind === "unknown" || isWildcard === true;
    const [from, to] = isStranger ? [memories, strangers] : [strangers, memories];
    if (from.peek(name) !== memory) return;
    from.delete(name);
    to.set(name, memory);
  }

  async function read({ host, name }: NamedHost, memory: Memory): Promise<Followed> {
    const startMs = nowMs();
    try {
      const resolved = await resolveRoute(host, readers, startMs, (key) => memory.keys.add(key));
      const { route, expiresMs } = resolved;
      const freshness = { untilMs: freshUntil(memory, Math.min(startMs + MAX_POINTER_AGE_MS, expiresMs)) };
      if (memory.known) memory.known.freshness.untilMs = 0;
      memory.known = { route: { ...route, follows: [freshness] }, freshness };
      settle(name, memory, resolved);
    } catch (cause) {
      if (!memory.known) throw cause;
      log(`The store cannot tell where ${name} leads now; what was last known is served.`, cause);
      memory.known.freshness.untilMs = freshUntil(memory, nowMs() + MAX_POINTER_AGE_MS);
    } finally {
      delete memory.reading;
    }
    return memory.known.route;
  }

  /** What is being read is taken up when it comes. Until then, nobody else waits for it. */
  async function orKnown(
    memory: Memory,
    reading: Promise<Followed>,
    known: NonNullable<Memory["known"]>,
  ): Promise<Followed> {
    const read = await patiently(reading);
    if (read) return read;
    known.freshness.untilMs = freshUntil(memory, nowMs() + MAX_POINTER_AGE_MS);
    return known.route;
  }

  return {
    find(header) {
      const named = parseHost(header);
      const { name } = named;
      let memory = memories.get(name) ?? strangers.get(name);
      if (memory?.known && nowMs() < memory.known.freshness.untilMs) return memory.known.route;
      if (!memory) strangers.set(name, (memory = { keys: new Set() }));
      memory.reading ??= read(named, memory);
      return memory.known ? orKnown(memory, memory.reading, memory.known) : memory.reading;
    },
    // A read in flight goes on for those who wait for it, but its memory is no longer found by anybody else.
    forget(key) {
      for (const kept of [memories, strangers]) {
        for (const [name, memory] of kept.entries()) {
          if (!memory.keys.has(key)) continue;
          memory.isForgotten = true;
          if (memory.known) memory.known.freshness.untilMs = 0;
          kept.delete(name);
        }
      }
    },
    get size() {
      return memories.size + strangers.size;
    },
  };
}

const freshUntil = ({ isForgotten }: Memory, untilMs: number): number => (isForgotten ? 0 : untilMs);

/**
 * A route that another led to. It is as fresh as the oldest on the way, and has no date: when the other was changed is not
 * told, and it may have led elsewhere before.
 */
export function leadOn(from: Followed, to: Followed): Followed {
  const follows = [...from.follows, ...to.follows];
  return to.kind === "pod" ? { ...to, follows, modified: undefined } : { ...to, follows };
}
