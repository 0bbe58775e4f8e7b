import type { Api } from "#wire";
import { formatEvent } from "./event-text.ts";
import type { Feed } from "./streams.ts";

/** Reads the lines of a deploy after one, in order. */
export type ReadLines = (deployId: string, after: number) => Promise<readonly Api.DeployLine[]>;

export interface DeployLogs {
  /** Says that there are new lines, here or at another control plane. */
  wake(deployId: string): void;
  /**
   * Feeds the lines after one, then those that come. `isEnded` says of what has come so far whether the deploy is over:
   * then its stream is too.
   */
  feed(deployId: string, after: number, wake: () => void): Promise<Feed>;
}

/** The lines of one deploy that somebody watches, read once for all of them. */
interface Watched {
  readonly texts: Uint8Array[];
  isEnded: boolean;
  readonly wakes: Set<() => void>;
  reading: Promise<void> | undefined;
  isStale: boolean;
}

const END = formatEvent({ event: "end", data: "{}" });

/**
 * Lines are in the database, numbered without a gap, so whoever comes back goes on after the last that they have, at this
 * control plane or another.
 */
export function createDeployLogs(readLines: ReadLines, isEnded: (deployId: string) => Promise<boolean>): DeployLogs {
  const watched = new Map<string, Watched>();

  /** Wakes who watches where something was found. */
  async function readAll(id: string, deploy: Watched): Promise<void> {
    const before = deploy.texts.length;
    try {
      while (deploy.isStale) {
        deploy.isStale = false;
        // Asked before the lines are read: what ends a deploy is its last line.
        const ended = await isEnded(id);
        for (const line of await readLines(id, deploy.texts.length)) {
          deploy.texts.push(formatEvent({ id: String(line.number), event: "line", data: JSON.stringify(line) }));
        }
        deploy.isEnded = ended;
      }
    } finally {
      // At once: what comes from now on is read by the next.
      deploy.reading = undefined;
    }
    if (deploy.texts.length > before || deploy.isEnded) for (const wake of deploy.wakes) wake();
  }

  /** Reads what is new, once more where something came meanwhile. */
  function refresh(id: string, deploy: Watched): Promise<void> {
    deploy.isStale = true;
    return (deploy.reading ??= readAll(id, deploy));
  }

  function wakeOne(id: string): void {
    const deploy = watched.get(id);
    // Where the database does not answer, the next line is read with this one.
    if (deploy) refresh(id, deploy).catch(() => {});
  }

  return {
    wake: wakeOne,
    async feed(id, after, wake) {
      const known = watched.get(id);
      const deploy = known ?? {
        texts: [],
        isEnded: false,
        wakes: new Set<() => void>(),
        reading: undefined,
        isStale: false,
      };
      watched.set(id, deploy);
      deploy.wakes.add(wake);
      const end = () => {
        deploy.wakes.delete(wake);
        if (deploy.wakes.size === 0) watched.delete(id);
      };
      try {
        // Who is watched already is up to date, or is being read.
        await (known ? known.reading : refresh(id, deploy));
      } catch (error) {
        end();
        throw error;
      }
      let next = after;
      let hasEnded = false;
      return {
        read() {
          const texts = deploy.texts.slice(next);
          next = Math.max(next, deploy.texts.length);
          if (deploy.isEnded && !hasEnded) {
            hasEnded = true;
            texts.push(END);
          }
          return texts.length === 0 ? undefined : Buffer.concat(texts);
        },
        isOver: () => hasEnded,
        // Once for all who watch.
        look() {
          if (!deploy.reading) wakeOne(id);
        },
        end,
      };
    },
  };
}
