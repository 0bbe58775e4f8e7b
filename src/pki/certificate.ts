import { createPrivateKey, X509Certificate } from "node:crypto";
import { Secret } from "./secret.ts";

/** A certificate with its key, and what its first certificate says. */
export interface Certificate {
  /** DNS names, perhaps with a wildcard: `["example.com", "*.example.com"]`. The first one names it in the store. */
  readonly names: readonly string[];
  /** PEM, the server's own certificate first. */
  readonly chain: string;
  /** PEM. */
  readonly key: Secret;
  /** SHA-256 of the first certificate, hexadecimal. */
  readonly fingerprint: string;
  /** Milliseconds since the epoch. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** Reads a chain and the key to it. Throws where the PEM is not that of a certificate, or the key is another's. */
export function readCertificate(names: readonly string[], chain: string, key: string): Certificate {
  const leaf = new X509Certificate(chain);
  if (!leaf.checkPrivateKey(createPrivateKey(key))) throw new Error(`The key of ${names.join()} is another's`);
  return {
    names,
    chain,
    key: new Secret(key),
    fingerprint: leaf.fingerprint256.replaceAll(":", "").toLowerCase(),
    notBeforeMs: Date.parse(leaf.validFrom),
    notAfterMs: Date.parse(leaf.validTo),
  };
}

export const formatCertificate = ({ names, chain, key }: Certificate): string =>
  `${JSON.stringify({ names, chain, key: key.reveal() })}\n`;

/** Reads a certificate's document. Undefined where the text is not one. */
export function parseCertificate(text: string): Certificate | undefined {
  try {
    const { names, chain, key } = JSON.parse(text) as Record<string, unknown>;
    const isWhole = Array.isArray(names) && names.length > 0 && typeof chain === "string" && typeof key === "string";
    return isWhole ? readCertificate(names as string[], chain, key) : undefined;
  } catch {
    return undefined;
  }
}

/** Where what concerns a name is kept. A wildcard's `*` is written `_`, with which no host name starts. */
export const certificateKey = (folder: "issued" | "attempts" | "leases", name: string): string =>
  `certs/${folder}/${name.replace(/^\*/, "_")}.json`;
