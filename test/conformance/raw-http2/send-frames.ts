import { connect } from "node:tls";
import { ONE } from "../raw-http/hosts.ts";
import { SYNC_PATH, SYNC_TEXT } from "../raw-http/send-raw.ts";
import {
  ACK,
  END_HEADERS,
  END_STREAM,
  errorName,
  FRAME,
  frame,
  type Frame,
  headerBlock,
  splitFrames,
  statusOf,
} from "./frames.ts";

/** What came back. */
export interface Http2Answer {
  /** In their order: `200 one` of a stream, `reset PROTOCOL_ERROR` of a stream, `goodbye PROTOCOL_ERROR` of the connection. */
  readonly answer: string;
  /** "silent": it was open, and did not answer the next request. */
  readonly connection: "closed" | "kept" | "silent";
}

const TIMEOUT_MS = 10_000;
/** A stream that no case uses. */
const SYNC_STREAM = 0x7fff_ffff;

/**
 * Sends bytes over TLS by HTTP/2, then asks for a page of its own on the same connection, and waits for that and so many
 * answers, or for the end of the connection.
 */
export function sendFrames(port: number, sent: Buffer, expectedAnswers: number): Promise<Http2Answer> {
  return new Promise((resolve) => {
    const told: string[] = [];
    const statuses = new Map<number, string>();
    const bodies = new Map<number, string>();
    let rest: Buffer = Buffer.alloc(0);
    let hasSynced = false;
    const tls = { host: "127.0.0.1", servername: ONE, ALPNProtocols: ["h2"], rejectUnauthorized: false };
    const socket = connect({ port, ...tls }, () => socket.write(Buffer.concat([sent, syncRequest])));
    const end = (connection: Http2Answer["connection"]) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ answer: told.join(", "), connection });
    };
    const timer = setTimeout(() => end("silent"), TIMEOUT_MS);
    const endStream = (stream: number) => {
      const body = bodies.get(stream) ?? "";
      if (stream === SYNC_STREAM && body === SYNC_TEXT) hasSynced = true;
      else told.push(`${statuses.get(stream)}${ownerOf(body)}`);
    };
    const receive = ({ type, flags, stream, payload }: Frame) => {
      if (type === FRAME.HEADERS) statuses.set(stream, statusOf(payload));
      if (type === FRAME.DATA) bodies.set(stream, (bodies.get(stream) ?? "") + payload.toString("latin1"));
      if (type === FRAME.SETTINGS && !(flags & ACK)) socket.write(frame(FRAME.SETTINGS, ACK, 0));
      if (type === FRAME.RST_STREAM) told.push(`reset ${errorName(payload.readUInt32BE(0))}`);
      if (type === FRAME.GOAWAY) told.push(`goodbye ${errorName(payload.readUInt32BE(4))}`);
      if ((type === FRAME.HEADERS || type === FRAME.DATA) && flags & END_STREAM) endStream(stream);
    };
    socket.on("data", (data: Buffer) => {
      const split = splitFrames(Buffer.concat([rest, data]));
      rest = split.rest;
      split.frames.forEach(receive);
      if (hasSynced && told.length >= expectedAnswers) end("kept");
    });
    // A server that has said no may reset the connection while we still send.
    socket.on("error", () => {});
    socket.on("close", () => end("closed"));
  });
}

const syncRequest = frame(
  FRAME.HEADERS,
  END_HEADERS | END_STREAM,
  SYNC_STREAM,
  headerBlock([
    [":method", "GET"],
    [":scheme", "https"],
    [":authority", ONE],
    [":path", SYNC_PATH],
  ]),
);

function ownerOf(body: string): string {
  const site = /^tenant (one|two)/.exec(body)?.[1];
  if (site !== undefined) return ` ${site}`;
  return body.includes("<title>SitePod</title>") ? " console" : "";
}
