/**
 * The protection of a pointer: whoever wants to see what it serves must know the password, or have a signed link. It
 * lies in the pointer itself, so the edge needs nothing else to check it, and it stays when the pointer moves.
 */
export interface Access {
  /** argon2id, as a PHC string. Absent: signed links alone let people in. */
  readonly password_hash?: string;
  /** 64 hexadecimal digits. Signs links and cookies; a new one ends them all. */
  readonly secret: string;
}

const SECRET = /^[0-9a-f]{64}$/;
const PASSWORD_HASH = /^\$argon2id\$/;

/** Characters of a password. */
export const MIN_SITE_PASSWORD_LENGTH = 8;
export const MAX_SITE_PASSWORD_LENGTH = 256;
/** Seconds that a signed link may live. */
export const MIN_ACCESS_LINK_TTL_S = 60;
export const MAX_ACCESS_LINK_TTL_S = 90 * 24 * 60 * 60;

/** Reads the `access` of a pointer's file. Undefined where the value is none: its file is then damaged, not open. */
export function parseAccess(value: unknown): Access | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { password_hash, secret } = value as Record<string, unknown>;
  if (typeof secret !== "string" || !SECRET.test(secret)) return undefined;
  if (password_hash === undefined) return { secret };
  return typeof password_hash === "string" && PASSWORD_HASH.test(password_hash) ? { password_hash, secret } : undefined;
}

/** Puts a protection on a pointer, another in its place, or (undefined) takes it off. */
export function withAccess<T extends { readonly access?: Access }>(pointer: T, access: Access | undefined): T {
  const { access: _, ...open } = pointer;
  return (access === undefined ? open : { ...open, access }) as T;
}
