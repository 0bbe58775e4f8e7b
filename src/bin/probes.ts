import { splitUrl } from "#routing";
import { within } from "./within.ts";

/** Answers whoever watches this process: `/healthz` whether it lives, `/readyz` whether it should be sent requests. */
export interface Probes {
  /** Answers a request for one of the two; undefined for all others. */
  answer(request: Request): Response | Promise<Response> | undefined;
  /** From now on the process is not ready: it is about to stop. */
  leave(): void;
}

export interface ProbesOptions {
  /** Throws where the store cannot be read now. */
  readonly checkReadable: () => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** How long the store may take to answer. */
  readonly maxReadMs?: number;
}

/** Anybody may ask: what was found stands so long, for all who do. */
const FOUND_KEPT_MS = 2000;
/** Load balancers rarely wait for longer. */
const MAX_READ_MS = 1500;

export function createProbes({ checkReadable, nowMs, maxReadMs = MAX_READ_MS }: ProbesOptions): Probes {
  let isLeaving = false;
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
      return is;
    }));
  }

  async function answerReady(): Promise<Response> {
    if (!isLeaving && !(await isReadable())) return respond(503, "The store cannot be read.");
    return isLeaving ? respond(503, "The server is stopping.") : respond(200, "ready");
  }

  return {
    answer({ method, url }) {
      if (method !== "GET" && method !== "HEAD") return undefined;
      const { path } = splitUrl(url);
      if (path === "/healthz") return respond(200, "alive");
      return path === "/readyz" ? answerReady() : undefined;
    },
    leave: () => void (isLeaving = true),
  };
}

const respond = (status: number, said: string): Response =>
  new Response(`${said}\n`, { status, headers: { "Content-Type": "text/plain", "Cache-Control": "no-store" } });
