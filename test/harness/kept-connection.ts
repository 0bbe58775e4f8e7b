import { connect } from "node:net";
import type { Address } from "./tenant.ts";

/** What came over a connection that is kept open. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: string;
  /** The server has said that it is the last one on this connection. */
  readonly isLast: boolean;
}

/** A connection over which one page after another is asked for, as browsers do (HTTP/1.1). */
export interface KeptConnection extends Disposable {
  /** This end's port, by which the system knows the connection. */
  readonly port: number;
  get(host: string, path: string): Promise<KeptAnswer>;
  /** Throws where the connection ends before the whole answer has come. The answer must have a Content-Length. */
  send(request: string): Promise<KeptAnswer>;
}

/** Throws where nobody takes the connection. */
export async function keepConnection(server: Address): Promise<KeptConnection> {
  const socket = connect(server.port, "127.0.0.1");
  let text = "";
  let changed = Promise.withResolvers<void>();
  let ended: string | undefined;
  const change = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    text += chunk;
    change();
  });
  socket.on("error", ({ message }) => (ended = message));
  socket.on("close", () => {
    ended ??= "closed";
    change();
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.on("connect", () => resolve());
  socket.on("close", () => reject(new Error(`No connection: ${ended}`)));
  await promise;

  async function send(request: string): Promise<KeptAnswer> {
    text = "";
    socket.write(request);
    for (;;) {
      const answer = parseAnswer(text);
      if (answer) return answer;
      if (ended !== undefined) throw new Error(`The connection ended (${ended}) after ${text.length} bytes`);
      await changed.promise;
    }
  }

  return {
    port: socket.localPort!,
    get: (host, path) => send(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\n\r\n`),
    send,
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

/** Undefined until it is whole. */
function parseAnswer(text: string): KeptAnswer | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = text.slice(0, end);
  const body = text.slice(end + 4);
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
  if (body.length < length) return undefined;
  return { status: Number(head.split(" ")[1]), body, isLast: /^connection: close$/im.test(head) };
}
