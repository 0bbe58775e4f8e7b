import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to one request on its way to a store, or to the answer on its way back. */
export type Fault =
  /** Status 500 or 503, and the store has seen nothing. */
  | "internal error"
  | "slow down"
  /** The connection ends before the store has seen anything. */
  | "cut before"
  /** The store has done what was asked, and its answer is lost. */
  | "answer lost"
  /** The store has done what was asked, and status 500 comes back. */
  | "done, yet 500"
  /** The answer's head arrives, then half of its body, then the connection ends. */
  | "cut in the body"
  /** The answer's head arrives, then half of its body, then nothing more. */
  | "stalled body"
  /** The answer's body arrives in pieces. */
  | "slow body"
  /** Nothing comes back, and the connection stays open. */
  | "no answer";

export const FAULTS: readonly Fault[] = [
  "internal error",
  "slow down",
  "cut before",
  "answer lost",
  "done, yet 500",
  "cut in the body",
  "stalled body",
  "slow body",
  "no answer",
];

export interface PassingRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
}

export type DecideFault = (request: PassingRequest) => Fault | undefined;

/** Stands before an object store, as its clients' endpoint. */
export interface FaultyProxy extends AsyncDisposable {
  /** `http://127.0.0.1:40123`. */
  readonly endpoint: string;
  /** How often each fault has happened. */
  readonly injected: ReadonlyMap<Fault, number>;
  /** Decides on each request from now on. */
  inject(decide: DecideFault): void;
}

interface Answered {
  readonly status: number;
  readonly headers: string[];
  readonly body: Buffer;
}

const PIECES = 10;
const PIECE_PAUSE_MS = 20;

/** Starts a proxy to the store at `target` on a free port. It passes everything on until it is told to inject faults. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const { hostname, port } = new URL(target);
  const injected = new Map<Fault, number>();
  let decide: DecideFault = () => undefined;

  function forward({ method, url, rawHeaders }: IncomingMessage, body: Buffer): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const passed = request(
        { hostname, port, method, path: url, headers: headersOf(rawHeaders), agent: false },
        async (answer) => {
          try {
            const { statusCode: status = 0, rawHeaders: headers } = answer;
            resolve({ status, headers: withoutHopByHop(headers), body: await collect(answer) });
          } catch (error) {
            reject(error as Error);
          }
        },
      );
      passed.on("error", reject);
      passed.end(body);
    });
  }

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const fault = decide({ method: incoming.method ?? "", path: incoming.url ?? "" });
    if (fault) injected.set(fault, (injected.get(fault) ?? 0) + 1);
    const body = await collect(incoming);
    const cut = () => void incoming.socket.destroy();
    switch (fault) {
      case "internal error":
        return refuse(outgoing, 500, "InternalError");
      case "slow down":
        return refuse(outgoing, 503, "SlowDown");
      case "cut before":
        return cut();
      case "no answer":
        return;
    }
    const answer = await forward(incoming, body);
    if (fault === "answer lost") return cut();
    if (fault === "done, yet 500") return refuse(outgoing, 500, "InternalError");
    outgoing.writeHead(answer.status, answer.headers);
    if (fault === "slow body") return await sendSlowly(outgoing, answer.body);
    if (fault === undefined || incoming.method === "HEAD") return void outgoing.end(answer.body);
    outgoing.write(answer.body.subarray(0, answer.body.length / 2), () => fault === "cut in the body" && cut());
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    injected,
    inject(next) {
      decide = next;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Injects each of `faults` in turn, into one request of `every`. No request meets two in a row, however it is retried. */
export function inTurn(faults: readonly Fault[], every: number): DecideFault {
  let count = 0;
  return () => (++count % every === 0 ? faults[(count / every) % faults.length] : undefined);
}

async function sendSlowly(outgoing: ServerResponse, body: Buffer): Promise<void> {
  const size = Math.ceil(body.length / PIECES);
  for (let at = 0; at < body.length; at += size) {
    outgoing.write(body.subarray(at, at + size));
    await Bun.sleep(PIECE_PAUSE_MS);
  }
  outgoing.end();
}

function refuse(outgoing: ServerResponse, status: number, code: string): void {
  outgoing.writeHead(status, { "content-type": "application/xml" });
  outgoing.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>Injected</Message></Error>`);
}

async function collect(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The signature covers headers as they were sent, the host among them. What was awaited, the whole body, is here. */
function headersOf(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let i = 0; i < raw.length; i += 2) headers[raw[i]!.toLowerCase()] = raw[i + 1]!;
  delete headers["expect"];
  delete headers["connection"];
  return headers;
}

function withoutHopByHop(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    if (!/^(?:connection|keep-alive)$/i.test(raw[i]!)) kept.push(raw[i]!, raw[i + 1]!);
  }
  return kept;
}
