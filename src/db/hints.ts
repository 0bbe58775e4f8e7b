import { SQL } from "bun";
import { CONNECT_TIMEOUT_S } from "./postgres.ts";

/**
 * Tells other processes which documents have changed, soon after they have. A hint may be lost: whoever follows documents
 * asks for them again from time to time all the same.
 */
export interface Hints {
  /** Never throws and never waits: several keys within a few milliseconds become one notification. */
  publish(key: string): void;
  close(): Promise<void>;
}

export interface HintsOptions {
  /** Names this process among all; its own hints do not come back to it. */
  readonly id: string;
  /** Called for each key that another process has published. */
  readonly onKey: (key: string) => void;
}

const CHANNEL = "sitepod_documents";
/** PostgreSQL lets only one transaction that notifies commit at a time, so one tells of many. */
const GATHER_MS = 5;
/** PostgreSQL refuses 8,000 bytes and more. */
const MAX_PAYLOAD_BYTES = 7_900;
const RETRY_LISTEN_MS = 1000;
const MAX_CONNECTIONS = 2;

/** Publishes and listens through PostgreSQL. Where that is away, it listens again as soon as it is back. */
export function createHints(url: string, { id, onKey }: HintsOptions): Hints {
  const client = new SQL(url, {
    adapter: "postgres",
    max: MAX_CONNECTIONS,
    connectionTimeout: CONNECT_TIMEOUT_S,
    connection: { application_name: "sitepod hints" },
  });
  let gathered = new Set<string>();
  let sending: Promise<void> | undefined;
  const closing = new AbortController();

  async function send(): Promise<void> {
    while (gathered.size > 0) {
      await Bun.sleep(GATHER_MS);
      const payloads = formatHints(id, gathered);
      gathered = new Set();
      await client
        .unsafe("select pg_notify($1, payload) from json_array_elements_text($2::text::json) as payload", [
          CHANNEL,
          JSON.stringify(payloads),
        ])
        // Lost: those who follow the documents find out by themselves.
        .catch(() => {});
    }
    sending = undefined;
  }

  /** Once it listens, the client begins to listen anew by itself where its session has ended. */
  async function listen(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await client.listen(CHANNEL, (payload) => {
          for (const key of parseHints(id, payload)) onKey(key);
        });
        return;
      } catch {
        await Bun.sleep(RETRY_LISTEN_MS);
      }
    }
  }

  void listen();
  return {
    publish(key) {
      if (closing.signal.aborted) return;
      gathered.add(key);
      sending ??= send();
    },
    async close() {
      closing.abort();
      await sending;
      await client.close({ timeout: 1 });
    },
  };
}

/** Writes keys as payloads that PostgreSQL takes: who tells, then a key a line. */
export function formatHints(id: string, keys: Iterable<string>): string[] {
  const payloads: string[] = [];
  let payload = id;
  for (const key of keys) {
    if (Buffer.byteLength(payload) + 1 + Buffer.byteLength(key) > MAX_PAYLOAD_BYTES) {
      payloads.push(payload);
      payload = id;
    }
    payload += `\n${key}`;
  }
  return payload === id ? payloads : [...payloads, payload];
}

/** Reads the keys of a payload; none where this process wrote it. */
export function parseHints(id: string, payload: string): string[] {
  const [from, ...keys] = payload.split("\n");
  return from === id ? [] : keys;
}
