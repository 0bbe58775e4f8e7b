import { isIPv6 } from "node:net";
import type { DnsReader, DnsWriter } from "./ports.ts";
import { listZoneNames } from "./zone-names.ts";

export interface Visibility {
  /** Where name servers listen; tests run theirs elsewhere. */
  readonly port: number;
  readonly pauseMs: number;
  readonly timeoutMs: number;
}

const VISIBILITY: Visibility = { port: 53, pauseMs: 2000, timeoutMs: 5 * 60 * 1000 };
/** More in a row are a circle. */
const MAX_ALIASES = 8;

/** What a name server says of a record: that it has it, that it has not, or nothing at all. */
type Sight = "shown" | "absent" | "silent";

interface NameServer {
  readonly name: string;
  readonly addresses: readonly string[];
}

/**
 * Wraps a writer so that `present` returns only once every name server of the zone shows the value: whichever the
 * authority asks, it finds it. A CNAME at the name is followed first, as the authority follows it, so that a record can be
 * kept in another zone. Throws where a server does not show the value in time.
 */
export function untilVisible(writer: DnsWriter, dns: DnsReader, visibility: Partial<Visibility> = {}): DnsWriter {
  const { port, pauseMs, timeoutMs } = { ...VISIBILITY, ...visibility };

  async function look({ addresses }: NameServer, name: string, value: string): Promise<Sight> {
    for (const address of addresses) {
      try {
        const texts = await dns.findTexts(name, `${isIPv6(address) ? `[${address}]` : address}:${port}`);
        return texts.includes(value) ? "shown" : "absent";
      } catch {
        // Its other address may answer: not every machine speaks IPv6.
      }
    }
    return "silent";
  }

  async function wait(name: string, value: string): Promise<void> {
    const servers = await findServers(dns, name);
    const endMs = performance.now() + timeoutMs;
    for (;;) {
      const sights = await Promise.all(servers.map((server) => look(server, name, value)));
      if (isVisible(sights)) return;
      if (performance.now() > endMs) throw new Error(describe(name, servers, sights));
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  return {
    async present(name, value) {
      const target = await followAliases(dns, name);
      await writer.present(target, value);
      await wait(target, value);
    },
    remove: async (name, value) => await writer.remove(await followAliases(dns, name), value),
  };
}

/** One that cannot be asked is not waited for, where another can: the authority goes on to the next as well. */
const isVisible = (sights: readonly Sight[]): boolean => sights.includes("shown") && !sights.includes("absent");

async function followAliases(dns: DnsReader, name: string): Promise<string> {
  let target = name;
  for (let hops = 0; hops < MAX_ALIASES; hops++) {
    const alias = await dns.findAlias(target);
    if (alias === undefined) return target;
    target = alias.toLowerCase().replace(/\.$/, "");
  }
  throw new Error(`The CNAME record at ${name} leads in a circle`);
}

async function findServers(dns: DnsReader, name: string): Promise<NameServer[]> {
  for (const zone of listZoneNames(name)) {
    const names = await dns.findNameServers(zone);
    if (names.length > 0) {
      return await Promise.all(names.map(async (name) => ({ name, addresses: await dns.findAddresses(name) })));
    }
  }
  throw new Error(`No zone of ${name} has name servers. Is its domain registered, and does it lead to them?`);
}

function describe(name: string, servers: readonly NameServer[], sights: readonly Sight[]): string {
  const namesOf = (sight: Sight) => servers.filter((_, i) => sights[i] === sight).map((server) => server.name);
  const absent = namesOf("absent");
  if (absent.length > 0) {
    return `The TXT record was written, but ${absent.join(", ")} did not show it at ${name} in time. Does the domain lead to the servers of this zone?`;
  }
  return `None of the name servers ${namesOf("silent").join(", ")} could be asked for ${name}. This machine must reach them at port 53`;
}
