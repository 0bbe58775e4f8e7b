import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";

/** The code of the error where a name has no address that is allowed. */
export const NOT_ALLOWED = "ERR_ADDRESS_NOT_ALLOWED";

/** A URL's host as a connection takes it. */
export const hostnameOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "");

/** Whether a connection may be made, as far as can be told before: names are resolved later, an address stands for itself. */
export function mayConnect(url: URL, isAllowed: (address: string) => boolean): boolean {
  const address = hostnameOf(url);
  return isIP(address) === 0 || isAllowed(address);
}

/**
 * Resolves names for a connection, which is made to one of the addresses that were checked here: a name that answers
 * something else the next time (DNS rebinding) gains nothing.
 */
export const allowedLookup =
  (isAllowed: (address: string) => boolean): LookupFunction =>
  (hostname, { all }, callback) => {
    const failed = (error: NodeJS.ErrnoException) => callback(error, "", 0);
    const found = ([first, ...others]: Addresses) =>
      all ? callback(null, [first, ...others]) : callback(null, first.address, first.family);
    resolveAllowed(hostname, isAllowed).then(found, failed);
  };

type Addresses = [LookupAddress, ...LookupAddress[]];

async function resolveAllowed(hostname: string, isAllowed: (address: string) => boolean): Promise<Addresses> {
  const found = await lookup(hostname, { all: true });
  const [first, ...others] = found.filter(({ address }) => isAllowed(address));
  if (first) return [first, ...others];
  throw Object.assign(new Error(`No address of ${hostname} is allowed`), { code: NOT_ALLOWED });
}
