import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { ONE } from "./hosts.ts";

/** What came back. */
export interface RawAnswer {
  /** A status and whose page it holds, each: `200 one, 400`. */
  readonly answer: string;
  /** "silent": it was open, and did not answer the next request. */
  readonly connection: "closed" | "kept" | "silent";
}

/** A page that only the request sent last asks for. */
export const SYNC_PATH = "/sync.txt";
export const SYNC_TEXT = "in sync";
const TIMEOUT_MS = 10_000;

/** Opens a connection to a port of this machine. */
export type Dial = (port: number) => Socket;

export const overTcp: Dial = (port) => connect(port, "127.0.0.1");
/** HTTP/1.1 by agreement. */
export const overTls: Dial = (port) =>
  connectTls({ port, host: "127.0.0.1", servername: ONE, ALPNProtocols: ["http/1.1"], rejectUnauthorized: false });

/**
 * Sends bytes (Latin-1), waits for so many answers or the end of the connection, then asks for a page of its own: what
 * was left over of the bytes would come before that, and be seen.
 */
export function sendRaw(dial: Dial, port: number, sent: string, expectedAnswers: number): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = "";
    let hasSynced = false;
    const socket = dial(port);
    socket.write(Buffer.from(sent, "latin1"));
    const end = (connection: RawAnswer["connection"]) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ answer: describe(text), connection });
    };
    const timer = setTimeout(() => end("silent"), TIMEOUT_MS);
    socket.on("data", (data) => {
      text += data.toString("latin1");
      if (text.includes(SYNC_TEXT)) end("kept");
      else if (!hasSynced && answersIn(text).length >= expectedAnswers) {
        hasSynced = true;
        socket.write(`GET ${SYNC_PATH} HTTP/1.1\r\nHost: ${ONE}\r\n\r\n`);
      }
    });
    // A server that has said no may reset the connection while we still send.
    socket.on("error", () => {});
    socket.on("close", () => end("closed"));
  });
}

const answersIn = (text: string): string[] => text.match(/HTTP\/1\.1 \d{3} (?:(?!HTTP\/1\.1 \d{3} )[^])*/g) ?? [];

const describe = (text: string): string =>
  answersIn(text)
    .filter((answer) => !answer.includes(SYNC_TEXT))
    .map((answer) => `${answer.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length)}${ownerOf(answer)}`)
    .join(", ");

function ownerOf(answer: string): string {
  const site = /tenant (one|two)/.exec(answer)?.[1];
  if (site !== undefined) return ` ${site}`;
  return answer.startsWith("HTTP/1.1 200") && answer.includes("<title>SitePod</title>") ? " console" : "";
}
