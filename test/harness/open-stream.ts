import { connect } from "node:net";
import type { Address } from "./tenant.ts";

const HEAD_END = "\r\n\r\n";

/**
 * Asks for a path and resolves with the answer once its head is there; the body comes as it comes. Bun's own `fetch` has
 * 256 requests open at most, this as many as there are ports.
 */
export function openStream(
  server: Address,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, "127.0.0.1", () => {
      const lines = Object.entries({ Host: "127.0.0.1", ...headers }).map(([name, value]) => `${name}: ${value}`);
      socket.write([`GET ${path} HTTP/1.1`, ...lines, "", ""].join("\r\n"));
    });
    let received = "";
    let body: ReadableStreamDefaultController<Uint8Array> | undefined;
    let isOver = false;
    const end = () => {
      if (!isOver) body?.close();
      isOver = true;
    };
    socket.setEncoding("latin1");
    socket.on("error", reject);
    socket.on("close", end);
    socket.on("data", (text: string) => {
      received += text;
      if (!body) {
        const at = received.indexOf(HEAD_END);
        if (at === -1) return;
        const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1]);
        received = received.slice(at + HEAD_END.length);
        const stream = new ReadableStream<Uint8Array>({
          start: (controller) => void (body = controller),
          cancel: () => void ((isOver = true), socket.destroy()),
        });
        resolve(new Response(stream, { status }));
      }
      const chunks = takeChunks(received);
      received = chunks.rest;
      for (const chunk of chunks.whole) if (!isOver) body!.enqueue(Buffer.from(chunk, "latin1"));
      if (chunks.isLast) end();
    });
  });
}

/** Takes whole chunks of the chunked transfer coding (RFC 9112, section 7.1). */
function takeChunks(text: string): { whole: string[]; rest: string; isLast: boolean } {
  const whole: string[] = [];
  for (let at = 0; ;) {
    const line = text.indexOf("\r\n", at);
    const size = Number.parseInt(text.slice(at, line), 16);
    const begin = line + 2;
    if (line === -1 || begin + size + 2 > text.length) return { whole, rest: text.slice(at), isLast: false };
    if (size === 0) return { whole, rest: "", isLast: true };
    whole.push(text.slice(begin, begin + size));
    at = begin + size + 2;
  }
}
