import type { Context } from "../context.ts";
import { collectTraffic } from "./collect-traffic.ts";

/** Names the work among those of which one is under way at a time. */
export const COLLECTING_TRAFFIC = "traffic";
/** Listing what edges have written costs money in a bucket. */
const FRESH_MS = 2000;

/** Returns what adds up what has been written down meanwhile, for who is about to look. Never throws. */
export function createFreshen(context: Context): () => Promise<void> {
  let collectedMs = -Infinity;
  let collecting: Promise<unknown> | undefined;
  return async () => {
    if (Math.abs(context.nowMs() - collectedMs) < FRESH_MS) return void (await collecting);
    collectedMs = context.nowMs();
    collecting = context
      .unlessUnderWay(COLLECTING_TRAFFIC, () => collectTraffic(context))
      .catch((error: unknown) => context.log("What sites were asked for could not be added up", error));
    await collecting;
  };
}
