import { LRUCache } from "lru-cache";
import type { Answer } from "./answer.ts";
import type { Freshness } from "./host.ts";

/** Answers that follow from a URL alone, found by it in one look: no host, path or pod is gone through again. */
export interface ReadyAnswers {
  /** Finds the answer to a request, where every pointer that led to it may still be followed. */
  find(request: Request): Answer | undefined;
  /** Remembers what a request as it came was answered with, for as long as these pointers may be followed. */
  remember(request: Request, follows: readonly Freshness[], answer: Answer): void;
}

interface Ready {
  /** As it was spelled when it was found to be one. More than one spelling leads to the same URL, and not each is valid. */
  readonly host: string | null;
  readonly follows: readonly Freshness[];
  /** How long its content stays in memory is not for this to say. */
  readonly answer: WeakRef<Answer>;
}

const MAX_URLS = 10_000;
/** Longer ones are looked at each time: anybody can make them up. */
const MAX_URL_LENGTH = 500;

export function createReadyAnswers(nowMs: () => number): ReadyAnswers {
  const byUrl = new LRUCache<string, Ready>({ max: MAX_URLS });
  return {
    find({ url, method, headers }) {
      const ready = byUrl.get(url);
      if (!ready || (method !== "GET" && method !== "HEAD") || headers.get("host") !== ready.host) return undefined;
      const now = nowMs();
      for (const { untilMs } of ready.follows) if (now >= untilMs) return undefined;
      return ready.answer.deref();
    },
    remember({ url, headers }, follows, answer) {
      if (url.length > MAX_URL_LENGTH) return;
      byUrl.set(url, { host: headers.get("host"), follows, answer: new WeakRef(answer) });
    },
  };
}
