import { ACK, END_STREAM, FRAME, frame, headerBlock, uint32 } from "./frames.ts";
import { GET, opening, ping, POST, request } from "./requests.ts";

/** What somebody sends without end. */
export interface Flood {
  readonly name: string;
  /** What RFC 9113 says of it. */
  readonly rule: string;
  /** Reads nothing of what comes back. */
  readonly isDeaf?: true;
  readonly first: Buffer;
  /** The frames that are repeated. `round` grows by one each time. */
  readonly again: (round: number) => readonly Buffer[];
  /** What becomes of the connection: where it is kept, the next request is answered as if nothing had been. */
  readonly connection: "closed" | "kept";
}

const NOTHING = Buffer.alloc(0);
const MAY = "10.5: may be ENHANCE_YOUR_CALM";
const streamOf = (round: number): number => 2 * round + 1;

export const FLOODS: readonly Flood[] = [
  {
    name: "requests, each taken back at once",
    rule: MAY,
    first: NOTHING,
    again: (round) => [request(GET, streamOf(round)), frame(FRAME.RST_STREAM, 0, streamOf(round), uint32(8))],
    connection: "closed",
  },
  {
    name: "requests that make the server take them back",
    rule: MAY,
    first: NOTHING,
    again: (round) => [opening(POST, streamOf(round)), frame(FRAME.WINDOW_UPDATE, 0, streamOf(round), uint32(0))],
    connection: "closed",
  },
  {
    name: "CONTINUATION without end",
    rule: MAY,
    first: frame(FRAME.HEADERS, END_STREAM, 1, headerBlock(GET)),
    again: () => [frame(FRAME.CONTINUATION, 0, 1, headerBlock([["x-a", "b".repeat(100)]]))],
    connection: "closed",
  },
  {
    name: "CONTINUATION without end, and empty",
    rule: MAY,
    first: frame(FRAME.HEADERS, END_STREAM, 1, headerBlock(GET)),
    again: () => [frame(FRAME.CONTINUATION, 0, 1)],
    connection: "closed",
  },
  { name: "SETTINGS", rule: MAY, first: NOTHING, again: () => [frame(FRAME.SETTINGS, 0, 0)], connection: "kept" },
  {
    name: "SETTINGS, the answers not read",
    rule: MAY,
    isDeaf: true,
    first: NOTHING,
    again: () => [frame(FRAME.SETTINGS, 0, 0)],
    connection: "closed",
  },
  { name: "PING", rule: MAY, first: NOTHING, again: () => [ping()], connection: "kept" },
  {
    name: "PING, the answers not read",
    rule: MAY,
    isDeaf: true,
    first: NOTHING,
    again: () => [ping()],
    connection: "closed",
  },
  {
    name: "PING that answers none",
    rule: MAY,
    first: NOTHING,
    again: () => [frame(FRAME.PING, ACK, 0, "12345678")],
    connection: "kept",
  },
  { name: "empty DATA", rule: MAY, first: opening(POST), again: () => [frame(FRAME.DATA, 0, 1)], connection: "kept" },
  {
    name: "PRIORITY",
    rule: MAY,
    first: NOTHING,
    again: (round) => [frame(FRAME.PRIORITY, 0, streamOf(round), Buffer.of(0, 0, 0, 0, 1))],
    connection: "kept",
  },
  {
    name: "WINDOW_UPDATE",
    rule: MAY,
    first: NOTHING,
    again: () => [frame(FRAME.WINDOW_UPDATE, 0, 0, uint32(1))],
    connection: "kept",
  },
  {
    name: "frames of a type that there is not",
    rule: MAY,
    first: NOTHING,
    again: () => [frame(0x42, 0, 0, "x".repeat(20))],
    connection: "kept",
  },
];
