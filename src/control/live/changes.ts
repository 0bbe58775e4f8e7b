import type { Api } from "#wire";
import { formatEvent } from "./event-text.ts";
import type { Feed } from "./streams.ts";

/** A change, and who may hear of it: the members of the workspace, or the account alone. */
export interface Heard extends Api.Change {
  readonly workspaceId: string | null;
  readonly userId: string | null;
}

/** Whose changes somebody hears of. */
export type MayHear = (change: Heard) => boolean;

export interface Changes {
  tell(change: Heard): void;
  /** Feeds what is told from now on; after the id of an event that was the last, also what came since. */
  feed(mayHear: MayHear, lastId: string | undefined, wake: () => void): Feed;
}

/** Who was away for longer finds everything anew. */
const MAX_KEPT = 1000;

/**
 * Keeps the last changes. Ids hold in this process alone: who comes with another's, or with one that is too old, is told
 * first that something may be missing.
 *
 * @param epoch names this process; no other has it
 */
export function createChanges(epoch: string): Changes {
  const kept: { readonly change: Heard; readonly text: Uint8Array }[] = [];
  /** The number of the change that `kept` begins with. */
  let first = 1;
  const wakes = new Set<() => void>();
  const idOf = (number: number) => `${epoch}.${number}`;
  const reset = () => formatEvent({ id: idOf(first + kept.length - 1), event: "reset", data: "{}" });

  /** The number of the change that has this id; undefined where it is none that is known to have been told here. */
  function parseId(id: string): number | undefined {
    const [from, number = ""] = id.split(".");
    if (from !== epoch || !/^[0-9]{1,15}$/.test(number)) return undefined;
    return Number(number) < first + kept.length ? Number(number) : undefined;
  }

  return {
    tell(change) {
      const { project, action } = change;
      const data = JSON.stringify({ project, action } satisfies Api.Change);
      kept.push({ change, text: formatEvent({ id: idOf(first + kept.length), event: "change", data }) });
      if (kept.length > MAX_KEPT) {
        kept.shift();
        first++;
      }
      for (const wake of wakes) wake();
    },
    feed(mayHear, lastId, wake) {
      const last = lastId === undefined ? first + kept.length - 1 : parseId(lastId);
      let next = (last ?? -1) + 1;
      // The first event says where the client is, so that it can come back there.
      let isGreeted = lastId !== undefined && last !== undefined;
      wakes.add(wake);
      return {
        read() {
          if (next < first) {
            next = first + kept.length;
            isGreeted = true;
            return reset();
          }
          const texts = isGreeted ? [] : [formatEvent({ id: idOf(next - 1), event: "hello", data: "{}" })];
          isGreeted = true;
          for (const { change, text } of kept.slice(next - first)) if (mayHear(change)) texts.push(text);
          next = first + kept.length;
          return texts.length === 0 ? undefined : Buffer.concat(texts);
        },
        isOver: () => false,
        end: () => void wakes.delete(wake),
      };
    },
  };
}
