import type { DnsReader } from "#pki";

export interface ControlNamesOptions {
  /** The names at which the API and the console answer, beside the base domain. */
  readonly names: readonly string[];
  readonly domain: string;
  /** Addresses that lead here, as the operator says, beside those of the base domain. */
  readonly publicAddresses: readonly string[];
  readonly dns: Pick<DnsReader, "findAddresses">;
  /** Whether a name has a certificate. */
  readonly isCertified: (name: string) => boolean;
  /** Told when `leading` has changed. */
  readonly onChange: () => void;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
}

/**
 * Which of the server's own names lead here. Nobody has asked for them, so DNS need not have them, or they may be somebody else's: an order for
 * such a name fails, and the authority lets few fail.
 */
export interface ControlNames {
  /** Those that share an address with the base domain. One that DNS has told nothing of counts as it did when it got its certificate. */
  leading(): string[];
  /** Asks DNS, once a minute at most, and once an hour where all lead here. Never throws; nobody waits for it. */
  look(): void;
}

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;

export function createControlNames(options: ControlNamesOptions): ControlNames {
  const { names, domain, publicAddresses, dns, isCertified, onChange, nowMs } = options;
  const known = new Map<string, boolean>();
  let nextMs = -Infinity;
  const leading = () => names.filter((name) => known.get(name) ?? isCertified(name));

  async function ask(): Promise<void> {
    const own = new Set([...publicAddresses, ...(await dns.findAddresses(domain))]);
    for (const name of names) {
      const addresses = await dns.findAddresses(name);
      known.set(
        name,
        addresses.some((address) => own.has(address)),
      );
    }
  }

  async function lookNow(): Promise<void> {
    const before = leading();
    // What DNS cannot tell now it tells the next time.
    await ask().catch(() => {});
    if (names.every((name) => known.get(name))) nextMs = nowMs() + HOUR_MS;
    if (leading().join() !== before.join()) onChange();
  }

  return {
    leading,
    look() {
      if (names.length === 0 || nowMs() < nextMs) return;
      nextMs = nowMs() + MINUTE_MS;
      void lookNow();
    },
  };
}
