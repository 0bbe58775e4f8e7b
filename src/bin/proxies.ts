import { BlockList, isIP } from "node:net";

/** The proxies whose word is taken for who the client is. */
export interface Proxies {
  /** The list as it was read. */
  readonly text: string;
  includes(address: string): boolean;
}

/** Reads a list such as `10.0.0.0/8, 127.0.0.1, fd00::/8`. Returns undefined where something in it is no address. */
export function parseProxies(text: string): Proxies | undefined {
  const list = new BlockList();
  for (const part of text.split(",").map((part) => part.trim())) {
    const [address = "", length] = part.split("/");
    const version = isIP(address);
    const longest = version === 4 ? 32 : 128;
    const bits = length === undefined ? longest : Number(/^\d{1,3}$/.exec(length)?.[0]);
    if (version === 0 || !(bits <= longest)) return undefined;
    list.addSubnet(address, bits, version === 4 ? "ipv4" : "ipv6");
  }
  return {
    text,
    includes: (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 4 ? "ipv4" : "ipv6"),
  };
}

/** An IPv4 address as an IPv6 socket tells it, in its own form. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "");

/**
 * Finds the client behind proxies: the last address in X-Forwarded-For that no trusted proxy has. What stands before it
 * was sent by the client, who may write what they like.
 */
export function findClient(peer: string, forwardedFor: string | null, proxies: Proxies): string {
  let client = peer;
  const hops = (forwardedFor ?? "").split(",").map((hop) => plainAddress(hop.trim()));
  while (proxies.includes(client)) {
    const hop = hops.pop();
    if (hop === undefined || isIP(hop) === 0) break;
    client = hop;
  }
  return client;
}
