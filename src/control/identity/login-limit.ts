import { type RateLimiterAbstract, RateLimiterRes } from "rate-limiter-flexible";
import type { Database } from "#db";
import { networkOf, SitepodError } from "#model";
import { createLimiter } from "./limiter.ts";

/** Failed logins an e-mail address may have in 15 minutes, from wherever. */
const FAILURES_PER_ACCOUNT = 10;
const FAILURES_WINDOW_S = 15 * 60;
/** Attempts a network address (with IPv6 a /64) may make in a minute, whether they succeed or not: each one costs a password hash. */
const ATTEMPTS_PER_ADDRESS = 30;
const ATTEMPTS_WINDOW_S = 60;

export interface LoginLimit {
  /** Runs one attempt. Throws SitepodError `rate_limited` where there were too many, without running it. */
  attempt<T>(email: string, address: string | null, login: () => Promise<T>): Promise<T>;
}

/**
 * Slows down who guesses passwords: by address, and by account where many addresses guess together. Where control planes
 * share a database, they count together.
 */
export function createLoginLimit(db: Pick<Database, "query" | "isShared">): LoginLimit {
  const limiterOf = (keyPrefix: string, points: number, duration: number) =>
    createLimiter(db, { table: "login_attempts", keyPrefix, points, duration });
  const perAccount = limiterOf("account", FAILURES_PER_ACCOUNT, FAILURES_WINDOW_S);
  const perAddress = limiterOf("address", ATTEMPTS_PER_ADDRESS, ATTEMPTS_WINDOW_S);
  return {
    async attempt(email, address, login) {
      const account = email.toLowerCase();
      await consume(perAddress, networkOf(address ?? "unknown"));
      // Counted before it is known to fail: guesses made at the same moment must not all find the count low.
      await consume(perAccount, account);
      try {
        const result = await login();
        await perAccount.delete(account);
        return result;
      } catch (error) {
        const isWrong = error instanceof SitepodError && error.code === "unauthorized";
        if (!isWrong) await perAccount.reward(account);
        throw error;
      }
    },
  };
}

async function consume(limiter: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    throw refusal instanceof RateLimiterRes ? tooMany(refusal) : refusal;
  }
}

function tooMany(state: RateLimiterRes): SitepodError {
  const retryAfterS = Math.max(1, Math.ceil(state.msBeforeNext / 1000));
  return new SitepodError("rate_limited", `Too many login attempts. Try again in ${retryAfterS} seconds.`, {
    retryAfterS,
  });
}
