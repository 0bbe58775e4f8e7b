import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { SitepodError } from "#model";
import type { DnsReader } from "#pki";

const TIMEOUT_MS = 3000;
const TRIES = 2;
/** The name is not there, or has no such record. Everything else means that DNS could not tell. */
const ABSENT = new Set(["ENOTFOUND", "ENODATA"]);

/**
 * Asks DNS: the machine's own servers, or the one named, `192.0.2.1`, `192.0.2.1:5353` or `[2001:db8::1]:53`.
 * Throws SitepodError `invalid` where that is not an address.
 */
export function createDns(server: string | undefined): DnsReader {
  openResolver(server);
  return {
    async findTexts(name: string, other: string | undefined = server) {
      return (await orNone(openResolver(other).resolveTxt(name))).map((parts) => parts.join(""));
    },
    async findAddresses(name) {
      const resolver = openResolver(server);
      return (await Promise.all([orNone(resolver.resolve4(name)), orNone(resolver.resolve6(name))])).flat();
    },
    findNameServers: (zone) => orNone(openResolver(server).resolveNs(zone)),
    findAlias: async (name) => (await orNone(openResolver(server).resolveCname(name)))[0],
  };
}

/** One for each question: a resolver remembers answers, and who has just set a record wants it seen. */
function openResolver(server: string | undefined): Resolver {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (server === undefined) return resolver;
  try {
    resolver.setServers([isIP(server) === 6 ? `[${server}]` : server]);
    return resolver;
  } catch (cause) {
    throw new SitepodError("invalid", `--dns-server is ${JSON.stringify(server)} and must be an IP address.`, {
      cause,
    });
  }
}

async function orNone<T>(records: Promise<T[]>): Promise<T[]> {
  try {
    return await records;
  } catch (error) {
    if (ABSENT.has((error as { code?: string }).code ?? "")) return [];
    throw error;
  }
}
