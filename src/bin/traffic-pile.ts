import { TRAFFIC_FOLDER } from "#model";
import type { Documents } from "#store";

/** Where a control plane is away, so many reports wait in the store to be added up: a week of one edge. */
const MAX_PILED = 10_000;
/** Reports that are written between two looks at the pile: an hour of them. */
const LOOK_AFTER = 60;

/**
 * Has reports written as long as not too many lie there: `create` throws while they do. Of several who write, each looks, so there may
 * be a few more.
 */
export function boundPile(
  documents: Pick<Documents, "create" | "list">,
  maxPiled = MAX_PILED,
): Pick<Documents, "create"> {
  let left = 0;
  return {
    async create(key, text) {
      if (left === 0) {
        if (await isFull(documents, maxPiled)) {
          throw new Error(
            `${maxPiled} reports of traffic wait for a control plane already: no more are written before it adds them up`,
          );
        }
        left = Math.min(LOOK_AFTER, maxPiled);
      }
      left--;
      return await documents.create(key, text);
    },
  };
}

async function isFull(documents: Pick<Documents, "list">, maxPiled: number): Promise<boolean> {
  let count = 0;
  for await (const _ of documents.list(TRAFFIC_FOLDER)) if (++count >= maxPiled) return true;
  return false;
}
