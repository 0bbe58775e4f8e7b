import { LRUCache } from "lru-cache";
import { type Host, parseHost } from "#routing";

const MAX_HOSTS = 10_000;

/** Returns a `parseHost` that remembers: the same few headers come with every request. */
export function createHostParser(domain: string): (header: string | null) => Host {
  const hosts = new LRUCache<string, Host>({ max: MAX_HOSTS });
  return (header) => {
    const text = header ?? "";
    let host = hosts.get(text);
    if (!host) hosts.set(text, (host = parseHost(header, domain)));
    return host;
  };
}
