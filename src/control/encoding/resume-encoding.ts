import type { Records } from "#store";
import type { Context } from "../context.ts";
import { isOutage } from "../outage.ts";
import { namedManifests } from "../retention/named-contents.ts";
import type { Encoder } from "./encoder.ts";

/** Takes up the compressing that an earlier run has not come to. What some document should name, and does not, waits for its next deploy. */
export async function resumeEncoding(encoder: Encoder, records: Records, log: Context["log"]): Promise<void> {
  const skipped: unknown[] = [];
  const skip = (error: unknown) => {
    if (isOutage(error)) throw error;
    skipped.push(error);
  };
  try {
    await encoder.resume(namedManifests({ records }, undefined, skip));
  } catch (error) {
    log("What is not compressed yet could not be listed: it is sent as it is", error);
  }
  if (skipped.length === 0) return;
  const count = skipped.length === 1 ? "A document" : `${skipped.length} documents`;
  log(
    `${count} could not be read: what is not compressed yet there is sent as it is. Run sitepod server fsck`,
    skipped[0],
  );
}
