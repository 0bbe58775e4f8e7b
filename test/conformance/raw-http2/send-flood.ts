import { connect } from "node:tls";
import { ONE } from "../raw-http/hosts.ts";
import type { Flood } from "./floods.ts";
import { END_STREAM, FRAME, HELLO, splitFrames } from "./frames.ts";
import { GET, request } from "./requests.ts";

const ROUNDS_AT_ONCE = 1000;
/** Enough for what the system keeps of a connection on its way, and for ours to have to do something. */
const ROUNDS = 200_000;
const DEAF_ROUNDS = 10_000_000;
const SYNC_STREAM = 0x7fff_ffff;
const TIMEOUT_MS = 20_000;

/** Floods a server over one connection, then asks for a page by it. Resolves with what became of the connection. */
export function sendFlood(port: number, flood: Flood): Promise<"closed" | "kept" | "silent"> {
  return new Promise((resolve) => {
    const tls = { host: "127.0.0.1", servername: ONE, ALPNProtocols: ["h2"], rejectUnauthorized: false };
    const socket = connect({ port, ...tls });
    const end = (connection: "closed" | "kept" | "silent") => {
      clearTimeout(timer);
      socket.destroy();
      resolve(connection);
    };
    const timer = setTimeout(() => end("silent"), TIMEOUT_MS);
    let rest: Buffer = Buffer.alloc(0);
    socket.on("data", (data: Buffer) => {
      const split = splitFrames(Buffer.concat([rest, data]));
      rest = split.rest;
      const isSynced = split.frames.some(
        ({ type, flags, stream }) => type === FRAME.DATA && stream === SYNC_STREAM && flags & END_STREAM,
      );
      if (isSynced) end("kept");
    });
    socket.on("error", () => {});
    socket.on("close", () => end("closed"));
    if (flood.isDeaf) socket.pause();
    socket.write(Buffer.concat([HELLO, flood.first]));
    const rounds = flood.isDeaf ? DEAF_ROUNDS : ROUNDS;
    let round = 0;
    const pour = () => {
      if (socket.destroyed) return;
      if (round >= rounds) return void socket.write(request(GET, SYNC_STREAM));
      const frames = Array.from({ length: ROUNDS_AT_ONCE }, () => flood.again(round++));
      if (socket.write(Buffer.concat(frames.flat()))) setImmediate(pour);
      else socket.once("drain", pour);
    };
    pour();
  });
}
