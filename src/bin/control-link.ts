import { CHANGES_PATH, WORD_EVERY_MS } from "./change-feed.ts";
import type { Log } from "./log.ts";

/** An edge's end of what control planes on other machines tell it. */
export interface ControlLink {
  /** The origin of a control plane that answers, as far as is known; undefined where none was named. */
  origin(): string | undefined;
  /** How many of them it hears. */
  heard(): number;
  /** Listens from now on; `onKey` is called for each document that has changed, and may be for one that has not. */
  start(onKey: (key: string) => void): void;
  close(): Promise<void>;
}

export interface ControlLinkOptions {
  /** Of the control planes, in the order in which they are asked. */
  readonly origins: readonly string[];
  /** The base domain: a control plane answers at no other name. */
  readonly domain: string;
  /** What the edge proves by who it is; undefined where no control plane has made it yet. */
  readonly readKey: () => Promise<string | undefined>;
  readonly log: Log;
}

/** Three words lost. */
const SILENCE_MS = 3 * WORD_EVERY_MS;
const RETRY_MS = 500;

/**
 * Listens to every control plane, and listens again where one ends or falls silent. One is enough, since they tell each
 * other; but each that is heard is one that requests can be passed on to.
 */
export function createControlLink(options: ControlLinkOptions): ControlLink {
  const { origins, domain, readKey, log } = options;
  const closing = new AbortController();
  const heard = new Set<string>();
  const told = new Map<string, string>();

  /** A state that lasts is told once. */
  function tell(origin: string, state: string): void {
    if (told.get(origin) === state || closing.signal.aborted) return;
    told.set(origin, state);
    log(`The control plane at ${origin} ${state}`);
  }

  async function hear(origin: string, onKey: (key: string) => void): Promise<string> {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MS);
    try {
      const key = (await readKey()) ?? "";
      const answer = await fetch(`${origin}${CHANGES_PATH}`, {
        headers: { host: domain, authorization: `Bearer ${key}` },
        redirect: "manual",
        signal: AbortSignal.any([closing.signal, silence.signal]),
        timeout: false,
      } as BunFetchRequestInit);
      if (answer.status !== 200) return `does not let this edge listen: it answered ${answer.status}`;
      heard.add(origin);
      tell(origin, "is heard: releases are seen at once");
      const decoder = new TextDecoder();
      let rest = "";
      for await (const chunk of answer.body! as unknown as AsyncIterable<Uint8Array>) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
        rest = lines.pop()!;
        for (const key of lines) if (key !== "") onKey(key);
      }
      return "has ended: releases are seen within 5 seconds";
    } catch {
      return "is not heard: releases are seen within 5 seconds";
    } finally {
      clearTimeout(timer);
      heard.delete(origin);
    }
  }

  async function follow(origin: string, onKey: (key: string) => void): Promise<void> {
    while (!closing.signal.aborted) {
      tell(origin, await hear(origin, onKey));
      await sleep(RETRY_MS, closing.signal);
    }
  }

  let following: Promise<unknown> | undefined;
  return {
    origin: () => origins.find((origin) => heard.has(origin)) ?? origins[0],
    heard: () => heard.size,
    start(onKey) {
      following = Promise.all(origins.map((origin) => follow(origin, onKey)));
    },
    async close() {
      closing.abort();
      await following;
    },
  };
}

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
