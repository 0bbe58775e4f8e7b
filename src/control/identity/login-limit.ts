import type { Database } from "#db";
import { networkOf, SitepodError } from "#model";
import { createLimiter } from "./limiter.ts";
import { consume, type Rate } from "./rate-limit.ts";

/** Failed logins an e-mail address may have, from all strange places together, and from each known one. */
const FAILURES_PER_ACCOUNT: Rate = { points: 10, duration: 15 * 60 };
/** Attempts a network address (with IPv6 a /64) may make, whether they succeed or not: each one costs a password hash. */
const ATTEMPTS_PER_ADDRESS: Rate = { points: 30, duration: 60 };
/** Links to a new password that are mailed to one address. */
const RESETS_PER_ACCOUNT: Rate = { points: 3, duration: 15 * 60 };
/** Codes of waiting programs that an account may look up: nobody types that many, and who guesses does. */
const CODES_PER_ACCOUNT: Rate = { points: 20, duration: 15 * 60 };
/** A one-time code is good once, for as long as it could be accepted. */
const ONE_TIME: Rate = { points: 1, duration: 120 };

export interface LoginLimit {
  /**
   * Runs one attempt. Throws SitepodError `rate_limited` where there were too many, without running it. From a known place
   * the failures of strangers do not count: they must not lock the owner out.
   */
  attempt<T>(email: string, address: string | null, login: () => Promise<T>, knownPlace?: string): Promise<T>;
  /** Counts a request that costs or tells something, by who sends it. Throws SitepodError `rate_limited`. */
  countRequest(address: string | null): Promise<void>;
  /** Counts a mail with a link to a new password. Throws SitepodError `rate_limited`. */
  countReset(email: string): Promise<void>;
  /** Counts the code of a waiting program that somebody typed. Throws SitepodError `rate_limited`. */
  countCode(userId: string): Promise<void>;
  /** Throws SitepodError `unauthorized` where the one-time code has been used (RFC 6238, 5.2). */
  useOneTimeCode(userId: string, code: string): Promise<void>;
}

const LOGINS = "login attempts";

/** Slows down who guesses: by address, and by account where many addresses guess together. */
export function createLoginLimit(db: Pick<Database, "query" | "isShared">): LoginLimit {
  const limiterOf = (keyPrefix: string, rate: Rate) =>
    createLimiter(db, { table: "login_attempts", keyPrefix, ...rate });
  const perAccount = limiterOf("account", FAILURES_PER_ACCOUNT);
  const perAddress = limiterOf("address", ATTEMPTS_PER_ADDRESS);
  const resets = limiterOf("reset", RESETS_PER_ACCOUNT);
  const codes = limiterOf("code", CODES_PER_ACCOUNT);
  const oneTime = limiterOf("one-time", ONE_TIME);
  const countRequest = (address: string | null) => consume(perAddress, networkOf(address ?? "unknown"), LOGINS);
  return {
    async attempt(email, address, login, knownPlace) {
      const account = [email.toLowerCase(), ...(knownPlace === undefined ? [] : [knownPlace])].join(" ");
      await countRequest(address);
      // Counted before it is known to fail: guesses made at the same moment must not all find the count low.
      await consume(perAccount, account, LOGINS);
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
    countRequest,
    countReset: (email) => consume(resets, email.toLowerCase(), "mails with a link to this address"),
    countCode: (userId) => consume(codes, userId, "codes"),
    async useOneTimeCode(userId, code) {
      try {
        await consume(oneTime, `${userId} ${code}`, "codes");
      } catch (error) {
        if (!(error instanceof SitepodError)) throw error;
        throw new SitepodError("unauthorized", "This code has been used. Wait for the next one.");
      }
    },
  };
}
