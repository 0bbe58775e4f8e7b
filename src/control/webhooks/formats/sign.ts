import { createHmac } from "node:crypto";

const PREFIX = "whsec_";
/** Standard Webhooks asks for 24 to 64. */
const SECRET_BYTES = 32;

export const newSigningSecret = (randomBytes: (length: number) => Uint8Array): string =>
  PREFIX + Buffer.from(randomBytes(SECRET_BYTES)).toString("base64");

/**
 * Returns the headers by which a receiver knows who a message comes from, and that it is not an old one sent again. By
 * Standard Webhooks 1.0: HMAC-SHA256 of `id.timestamp.body`, the key being what follows the secret's prefix in Base64, and a
 * signature for each secret, separated by spaces, so that one can be replaced by another.
 */
export function signedHeaders(
  secrets: readonly string[],
  id: string,
  nowS: number,
  body: string,
): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${nowS}.${body}`).digest("base64")}`;
  });
  return { "webhook-id": id, "webhook-timestamp": String(nowS), "webhook-signature": signatures.join(" ") };
}
