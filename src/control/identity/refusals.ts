import { type ErrorCode, SitepodError } from "#model";

export const MIN_PASSWORD_LENGTH = 8;

/** What Better Auth refuses, by its codes, in our words. */
const REFUSALS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  USER_ALREADY_EXISTS: ["conflict", "This e-mail address has an account already. Log in with its password."],
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: [
    "conflict",
    "This e-mail address has an account already. Log in with its password.",
  ],
  PASSWORD_TOO_SHORT: ["invalid", `The password is too short: use at least ${MIN_PASSWORD_LENGTH} characters.`],
  PASSWORD_TOO_LONG: ["invalid", "The password is too long: use at most 256 characters."],
  INVALID_PASSWORD: ["unauthorized", "That is not your password."],
  INVALID_TOKEN: ["gone", "This link has been used or has expired. Ask for a new one."],
  INVALID_CODE: [
    "unauthorized",
    "This code is not the one that is shown now. Check the clock of the device that shows it.",
  ],
  INVALID_BACKUP_CODE: ["unauthorized", "This recovery code is not one of yours, or has been used."],
  ACCOUNT_TEMPORARILY_LOCKED: ["rate_limited", "Too many wrong codes. Try again in 15 minutes."],
  TOTP_ALREADY_ENABLED: ["conflict", "One-time codes are on already. Turn them off first to set them up anew."],
  TOTP_NOT_ENABLED: ["conflict", "One-time codes are not set up. Begin again."],
  TWO_FACTOR_NOT_ENABLED: ["conflict", "One-time codes are off, and have no recovery codes."],
  FAILED_TO_UNLINK_LAST_ACCOUNT: ["conflict", "It is the only way into your account. Set a password first."],
};

/** Better Auth's refusals in our words. What is not a refusal is thrown on. */
export async function asSitepodErrors<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const { statusCode, body } = error as { statusCode?: number; body?: { code?: string; message?: string } };
    if (statusCode === undefined || statusCode >= 500) throw error;
    const known = REFUSALS[body?.code ?? ""];
    if (known) throw new SitepodError(...known);
    if (statusCode === 401) throw new SitepodError("unauthorized", "E-mail address and password do not match.");
    throw new SitepodError("invalid", body?.message ?? "The account details were refused.");
  }
}
