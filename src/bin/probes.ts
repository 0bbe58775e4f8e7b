import { splitUrl } from "#routing";
import { within } from "./within.ts";

/** Answers whoever watches this process: `/healthz` whether it lives, `/readyz` whether it should be sent requests. */
export interface Probes {
  /** Answers a request for one of the two; undefined for all others. */
  answer(request: Request): Response | Promise<Response> | undefined;
  /** From now on the process is not ready: it is about to stop. */
  leave(): void;
  /** Whether the store can be read now, as it was found a moment ago at most. */
  isReadable(): Promise<boolean>;
}

export interface ProbesOptions {
  /** Throws where the store cannot be read now. */
  readonly checkReadable: () => Promise<void>;
  /**
   * Whether all who serve the same sites read one store, and serve what they know of it without: where it is away no other is
   * better than this one, and a load balancer that left them all would make a part of the sites none.
   */
  readonly isStoreShared: boolean;
  /** Whether deploys are refused for want of room, which keeps nobody from serving. */
  readonly isNearlyFull: () => Promise<boolean>;
  /** Throws where the control plane cannot be used now. Undefined where nobody is sent here for it. */
  readonly checkControl?: (() => Promise<void>) | undefined;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** How long the store may take to answer. */
  readonly maxReadMs?: number;
}

/** Anybody may ask: what was found stands so long, for all who do. */
const FOUND_KEPT_MS = 2000;
/** Load balancers rarely wait for longer. */
const MAX_READ_MS = 1500;

export function createProbes(options: ProbesOptions): Probes {
  const { checkReadable, isStoreShared, isNearlyFull, checkControl, nowMs, maxReadMs = MAX_READ_MS } = options;
  let isLeaving = false;
  let hasRead = false;
  let readable: Promise<boolean> | undefined;
  let untilMs = 0;

  function isReadable(): Promise<boolean> {
    if (readable && nowMs() < untilMs) return readable;
    untilMs = Infinity;
    const found = within(
      maxReadMs,
      checkReadable().then(() => true),
    );
    return (readable = found.then((is = false) => {
      untilMs = nowMs() + FOUND_KEPT_MS;
      hasRead ||= is;
      return is;
    }));
  }

  async function controlWorks(): Promise<boolean> {
    if (!checkControl) return true;
    const checked = checkControl().then(() => true);
    return (await within(maxReadMs, checked)) ?? false;
  }

  async function answerReady(): Promise<Response> {
    const [canRead, canControl] = isLeaving ? [] : await Promise.all([isReadable(), controlWorks()]);
    if (isLeaving) return respond(503, "The server is stopping.");
    if (!canRead && !(isStoreShared && hasRead)) return respond(503, "The store cannot be read.");
    if (!canControl) return respond(503, "The control plane cannot be used.");
    if (!canRead) return respond(200, "ready, but the store cannot be read: what was visited before is served");
    // Where nobody knows, it is told by who deploys.
    const isFull = await isNearlyFull().catch(() => false);
    return respond(200, isFull ? "ready, but deploys are refused: the disk is nearly full" : "ready");
  }

  // Who is asked for the first time while the store is away must know whether it ever was there.
  if (isStoreShared) void isReadable();

  return {
    answer({ method, url }) {
      if (method !== "GET" && method !== "HEAD") return undefined;
      const { path } = splitUrl(url);
      if (path === "/healthz") return respond(200, "alive");
      return path === "/readyz" ? answerReady() : undefined;
    },
    leave: () => void (isLeaving = true),
    isReadable,
  };
}

const respond = (status: number, said: string): Response =>
  new Response(`${said}\n`, { status, headers: { "Content-Type": "text/plain", "Cache-Control": "no-store" } });
