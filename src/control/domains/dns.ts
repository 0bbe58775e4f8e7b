import { parentOfWildcard } from "#routing";

/** What the control plane asks of DNS. Each throws where DNS cannot tell now. */
export interface Dns {
  /** Returns the TXT records of a name; none where the name does not exist. */
  findTexts(name: string): Promise<string[]>;
  /** Returns the IPv4 and IPv6 addresses of a name; none where the name does not exist. */
  findAddresses(name: string): Promise<string[]>;
}

/** What DNS says of a domain's owner. */
export type Proof =
  | { readonly kind: "found" }
  /** The TXT records that are there instead. */
  | { readonly kind: "absent"; readonly seen: readonly string[] }
  | { readonly kind: "unknown"; readonly cause: unknown };

/** Where the TXT record that proves a domain stands. A wildcard's stands at the name over it. */
export const proofName = (hostname: string): string => `_sitepod.${parentOfWildcard(hostname)}`;

/** The text of the record. Each workspace has a token of its own, so the record says who may have the domain. */
export const proofText = (token: string): string => `sitepod-verify=${token}`;

export async function findProof(dns: Dns, hostname: string, token: string): Promise<Proof> {
  try {
    const seen = await dns.findTexts(proofName(hostname));
    return seen.some((text) => text.trim() === proofText(token)) ? { kind: "found" } : { kind: "absent", seen };
  } catch (cause) {
    return { kind: "unknown", cause };
  }
}
