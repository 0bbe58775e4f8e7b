import { createHash, timingSafeEqual } from "node:crypto";
import type { Credentials } from "#routing";

/** Whether an Authorization header (RFC 7617) opens every lock: each list must hold the user and the password. */
export function opensLocks(authorization: string | null, locks: readonly (readonly Credentials[])[]): boolean {
  const given = digest(parseBasic(authorization) ?? "");
  return locks.every((lock) => {
    // Each is compared, so that the time tells neither which user exists nor how much of a password is right.
    const matches = lock.filter(({ user, password }) => timingSafeEqual(digest(`${user}:${password}`), given));
    return matches.length > 0;
  });
}

function parseBasic(authorization: string | null): string | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=]+) *$/i.exec(authorization ?? "")?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
}

/** Of equal length, whatever is compared. */
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
