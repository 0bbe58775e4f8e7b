import { setTimeout } from "node:timers/promises";
import type { Context } from "../context.ts";
import { collectTraffic } from "./collect-traffic.ts";

/** Names the work among those of which one is under way at a time. */
export const COLLECTING_TRAFFIC = "traffic";
/** Listing what edges have written costs money in a bucket. */
const FRESH_MS = 2000;
/** What edges have written while no control plane was there may take long: who looks sees what is known by then. */
const PATIENCE_MS = 5000;

/** Returns what adds up what has been written down meanwhile, for who is about to look, and is waited for a while. Never throws. */
export function createFreshen(context: Context, patienceMs = PATIENCE_MS): () => Promise<void> {
  let collectedMs = -Infinity;
  let collecting: Promise<unknown> | undefined;
  return async () => {
    if (Math.abs(context.nowMs() - collectedMs) >= FRESH_MS) {
      collectedMs = context.nowMs();
      collecting = context
        .unlessUnderWay(COLLECTING_TRAFFIC, () => collectTraffic(context))
        .catch((error: unknown) => context.log("What sites were asked for could not be added up", error));
    }
    await Promise.race([collecting, setTimeout(patienceMs, undefined, { ref: false })]);
  };
}
