import type { Proof } from "./dns.ts";

/** A domain whose proof has gone from DNS is served this long: a change of name servers often takes days. */
export const GRACE_MS = 7 * 24 * 60 * 60 * 1000;

export type RecheckDecision =
  /** Goes on being served; `missingSince` is ISO 8601, or null where the proof is there. */
  | { readonly kind: "keep"; readonly missingSince: string | null }
  /** Stops being served. */
  | { readonly kind: "release" };

/**
 * Decides what becomes of a verified domain after DNS was asked again. An answer that failed says nothing: it neither
 * begins the grace period nor ends it.
 */
export function decideRecheck(missingSince: string | null, proof: Proof["kind"], nowMs: number): RecheckDecision {
  switch (proof) {
    case "found":
      return { kind: "keep", missingSince: null };
    case "unknown":
      return { kind: "keep", missingSince };
    case "absent": {
      const since = missingSince ?? new Date(nowMs).toISOString();
      return nowMs - Date.parse(since) < GRACE_MS ? { kind: "keep", missingSince: since } : { kind: "release" };
    }
    default:
      return proof satisfies never;
  }
}
