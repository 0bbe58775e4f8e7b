import type { Certificate } from "./certificate.ts";

const RENEW_AT = 2 / 3;
/** The part of its life over which the renewals of certificates that were issued together are spread. */
const SPREAD = 1 / 20;
const FINGERPRINT_DIGITS = 8;

/**
 * When to renew a certificate (milliseconds since the epoch): at two thirds of its life, or up to a twentieth earlier.
 * How much earlier follows from its fingerprint, so that it is the same on every edge and after a restart.
 */
export function renewalMs({ notBeforeMs, notAfterMs, fingerprint }: Certificate): number {
  const chance = Number.parseInt(fingerprint.slice(0, FINGERPRINT_DIGITS), 16) / 16 ** FINGERPRINT_DIGITS;
  return notBeforeMs + (notAfterMs - notBeforeMs) * (RENEW_AT - SPREAD * chance);
}
