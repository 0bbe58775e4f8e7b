import { createHmac, timingSafeEqual } from "node:crypto";

/** A link is sent around and exchanged for a cookie; neither is taken for the other. */
export type AccessTokenKind = "cookie" | "link";

/** What a token opens. */
export interface AccessSubject {
  /** Names one pointer of one site, whatever its address is now: `shop prod`. */
  readonly pointer: string;
  /** Hexadecimal. Signs all tokens, and ends them when it changes. */
  readonly secret: string;
}

/** The query parameter of a signed link. */
export const ACCESS_PARAMETER = "sitepod_access";

/** The last digit of 256 bits has two bits to spare, which are zero: so each signature is spelled in one way. */
const TOKEN = /^([1-9][0-9]{0,11})\.([\w-]{42}[AEIMQUYcgkosw048])$/;

/** The names of pointers, which neither moving nor renaming changes. */
export const environmentPointer = (site: string, environment: string): string => `${site} ${environment}`;
export const previewPointer = (site: string, slug: string): string => `${site} preview ${slug}`;
export const releasesPointer = (site: string): string => `${site} releases`;

/** Writes a token that opens the subject until `expiresS` (seconds since the epoch): `<expiry>.<signature>`. */
export const formatAccessToken = (kind: AccessTokenKind, subject: AccessSubject, expiresS: number): string =>
  `${expiresS}.${sign(kind, subject, expiresS).toString("base64url")}`;

/** Reads a token. Returns when it ends, in seconds since the epoch; undefined where it is forged or has ended. */
export function checkAccessToken(
  kind: AccessTokenKind,
  subject: AccessSubject,
  token: string,
  nowMs: number,
): number | undefined {
  const [, expiry, signature] = TOKEN.exec(token) ?? [];
  if (expiry === undefined || signature === undefined) return undefined;
  const expiresS = Number(expiry);
  if (expiresS * 1000 <= nowMs) return undefined;
  const isGenuine = timingSafeEqual(Buffer.from(signature, "base64url"), sign(kind, subject, expiresS));
  return isGenuine ? expiresS : undefined;
}

const sign = (kind: AccessTokenKind, { pointer, secret }: AccessSubject, expiresS: number): Buffer =>
  createHmac("sha256", Buffer.from(secret, "hex"))
    .update(`sitepod access 1\n${kind}\n${pointer}\n${expiresS}`)
    .digest();

export interface LinkQuery {
  readonly token: string;
  /** The query without the token: with its question mark, or empty. */
  readonly rest: string;
}

/** Finds the token of a signed link in a query (`?a=1&sitepod_access=…`), leaving everything else as it was spelled. */
export function findLinkToken(query: string): LinkQuery | undefined {
  if (!query.includes(`${ACCESS_PARAMETER}=`)) return undefined;
  const prefix = `${ACCESS_PARAMETER}=`;
  const pairs = query.slice(1).split("&");
  const token = pairs.find((pair) => pair.startsWith(prefix))?.slice(prefix.length);
  if (token === undefined) return undefined;
  const rest = pairs.filter((pair) => !pair.startsWith(prefix)).join("&");
  return { token, rest: rest === "" ? "" : `?${rest}` };
}
