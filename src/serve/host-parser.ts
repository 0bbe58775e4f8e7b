import { LRUCache } from "lru-cache";
import { formatHost, type Host, parseHost } from "#routing";

const MAX_HEADERS = 10_000;
/** A name with its dot and a port. What is longer is no host: anybody can make it up, and it is not kept. */
const MAX_HEADER_LENGTH = 260;

export interface NamedHost {
  readonly host: Host;
  /** The same for every spelling of the host: what is known of it is kept once, whatever ports and cases are made up. */
  readonly name: string;
}

/** Returns a `parseHost` that remembers: the same few headers come with every request. */
export function createHostParser(domain: string): (header: string | null) => NamedHost {
  const hosts = new LRUCache<string, NamedHost>({ max: MAX_HEADERS });
  return (header) => {
    const text = header ?? "";
    let named = hosts.get(text);
    if (!named) {
      const host = parseHost(header, domain);
      named = { host, name: nameOf(host, domain) };
      if (text.length <= MAX_HEADER_LENGTH) hosts.set(text, named);
    }
    return named;
  };
}

function nameOf(host: Host, domain: string): string {
  switch (host.kind) {
    case "custom":
      return host.hostname;
    case "control":
    case "unknown":
    case "invalid":
      return host.kind;
    default:
      return formatHost(host, domain);
  }
}
