import { type RateLimiterAbstract, RateLimiterRes } from "rate-limiter-flexible";
import { SitepodError } from "#model";

/** So much of something in so many seconds. */
export interface Rate {
  readonly points: number;
  readonly duration: number;
}

/** Counts one. Throws SitepodError `rate_limited` where there were too many; `what` names them. */
export async function consume(limiter: RateLimiterAbstract, key: string, what: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    throw refusal instanceof RateLimiterRes ? tooMany(refusal, what) : refusal;
  }
}

function tooMany(state: RateLimiterRes, what: string): SitepodError {
  const retryAfterS = Math.max(1, Math.ceil(state.msBeforeNext / 1000));
  return new SitepodError("rate_limited", `Too many ${what}. Try again in ${retryAfterS} seconds.`, { retryAfterS });
}
