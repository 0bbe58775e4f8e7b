import { networkInterfaces } from "node:os";
import { isPublicAddress } from "#serve";

/** Returns what tells whether an address is one of the internet, and none of this server's own, declared or not. */
export const createForeignCheck =
  (declared: readonly string[]): ((address: string) => boolean) =>
  (address) =>
    isPublicAddress(address) && !declared.includes(address) && !localAddresses().includes(address);

/** Read each time: a machine's addresses change while it runs. */
const localAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((network) => (network ?? []).map(({ address }) => address));
