import type { Answer } from "./answer.ts";
import type { Freshness } from "./host.ts";
import type { SiteCount, UrlCount } from "./site-traffic.ts";

/** Answers that follow from a URL alone, found by it in one look: no host, path or pod is gone through again. */
export interface ReadyAnswers {
  /** Finds the answer to a request, where every pointer that led to it may still be followed. */
  find(url: string, method: string, headers: Headers): Ready | undefined;
  /** Remembers what a request as it came was answered with, for as long as these pointers may be followed, and whose it is. */
  remember(request: Request, follows: readonly Freshness[], answer: Answer, site: SiteCount): void;
  /** Drops an answer, whatever it was found by. */
  forget(answer: Answer): void;
}

export interface Ready {
  /** As it was spelled when it was found to be one. More than one spelling leads to the same URL, and not each is valid. */
  readonly host: string | null;
  readonly follows: readonly Freshness[];
  readonly answer: Answer;
  readonly count: UrlCount;
}

/** Of one answer: hosts and queries, which anybody can make up. The oldest make room. */
const MAX_URLS_PER_ANSWER = 8;
const MAX_URL_LENGTH = 500;

export function createReadyAnswers(nowMs: () => number): ReadyAnswers {
  const byUrl = new Map<string, Ready>();
  return {
    find(url, method, headers) {
      const ready = byUrl.get(url);
      if (!ready || (method !== "GET" && method !== "HEAD") || headers.get("host") !== ready.host) return undefined;
      const now = nowMs();
      for (const { untilMs } of ready.follows) if (now >= untilMs) return undefined;
      return ready;
    },
    remember({ url, headers }, follows, answer, site) {
      if (url.length > MAX_URL_LENGTH) return;
      const before = byUrl.get(url);
      if (before?.answer !== answer) {
        answer.urls.push(url);
        if (answer.urls.length > MAX_URLS_PER_ANSWER) dropUrl(answer, answer.urls.shift()!);
      }
      const count = before?.count.site === site ? before.count : site.openUrl(url);
      byUrl.set(url, { host: headers.get("host"), follows, answer, count });
    },
    forget(answer) {
      for (const url of answer.urls.splice(0)) dropUrl(answer, url);
    },
  };

  /** A URL may have come to lead to another answer meanwhile. */
  function dropUrl(answer: Answer, url: string): void {
    if (byUrl.get(url)?.answer === answer) byUrl.delete(url);
  }
}
