import { parseJsonObject } from "./ref.ts";

/**
 * Says that somebody relies on contents that are there now: as long as it holds, none is removed. Each holder has a
 * document of its own, so holders never wait for one another; who is killed holds it until it expires.
 */
export interface Lease {
  /** What is being done: `backup`. */
  readonly purpose: string;
  /** ISO 8601. */
  readonly expires_at: string;
}

export const LEASE_FOLDER = "leases/";
export const leaseKey = (id: string): string => `${LEASE_FOLDER}${id}.json`;

export const formatLease = (lease: Lease): string => `${JSON.stringify(lease)}\n`;

/** Reads a lease's file. Undefined where the text is not one. */
export function parseLease(text: string): Lease | undefined {
  const value = parseJsonObject(text);
  return typeof value?.["purpose"] === "string" && typeof value["expires_at"] === "string"
    ? (value as unknown as Lease)
    : undefined;
}
