import { type ClientHttp2Session, connect } from "node:http2";

export interface LoadResult {
  readonly answered: number;
  /** Sent after the server had said goodbye: no client may count on these, and each sends them again. */
  readonly repeated: number;
  readonly faults: readonly string[];
}

interface Connection {
  readonly session: ClientHttp2Session;
  /** The last request that the server answers on this connection, once it has said so (RFC 9113, section 6.8). */
  lastAnswered: number | undefined;
  ended: boolean;
}

/** Asks for `url` over HTTP/2, `streams` at a time on one connection, until told to stop. Behaves as browsers do. */
export function loadByHttp2(url: string, streams: number, signal: AbortSignal): Promise<LoadResult> {
  const result = { answered: 0, repeated: 0, faults: [] as string[] };
  const { origin, pathname } = new URL(url);
  let current: Connection | undefined;

  function ensureConnection(): Connection {
    if (current && !current.ended && current.lastAnswered === undefined) return current;
    const session = connect(origin, { rejectUnauthorized: false });
    const opened: Connection = { session, lastAnswered: undefined, ended: false };
    session.on("goaway", (_code: number, last: number) => (opened.lastAnswered = last));
    session.on("close", () => (opened.ended = true));
    session.on("error", (error) => {
      opened.ended = true;
      if (opened.lastAnswered === undefined) result.faults.push(`connection: ${error.message}`);
    });
    current = opened;
    return opened;
  }

  async function ask(): Promise<void> {
    const connection = ensureConnection();
    const outcome = await exchange(connection, pathname);
    if (outcome.status === 200) result.answered++;
    else if (connection.lastAnswered !== undefined && outcome.id > connection.lastAnswered) result.repeated++;
    else
      result.faults.push(
        `request ${outcome.id} of ${connection.lastAnswered ?? "∞"}: ${outcome.status} ${outcome.reason}`,
      );
  }

  const run = async () => {
    while (!signal.aborted) await ask();
  };
  return Promise.all(Array.from({ length: streams }, run)).then(() => {
    current?.session.close();
    return result;
  });
}

/** Sends one request and reads its whole answer. Status 0: none came. */
function exchange({ session }: Connection, path: string): Promise<{ id: number; status: number; reason: string }> {
  return new Promise((resolve) => {
    let status = 0;
    let reason = "closed";
    try {
      const stream = session.request({ ":path": path });
      stream.on("response", (headers) => (status = headers[":status"] ?? 0));
      stream.on("error", (error) => (reason = error.message));
      stream.on("close", () =>
        resolve({ id: stream.id ?? Infinity, status: stream.rstCode === 0 ? status : 0, reason }),
      );
      stream.resume();
      stream.end();
    } catch (error) {
      // The connection ended between two turns: nothing was sent.
      resolve({ id: Infinity, status: 0, reason: String(error) });
    }
  });
}
