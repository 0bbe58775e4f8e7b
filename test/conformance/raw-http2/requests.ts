import { ONE } from "../raw-http/hosts.ts";
import { END_HEADERS, END_STREAM, type Fields, FRAME, frame, headerBlock, HELLO } from "./frames.ts";

/** Bytes that somebody sends over HTTP/2, and what they get. */
export interface Http2Case {
  readonly name: string;
  readonly sent: Buffer;
  /** What RFC 9113, or another that is named, says of it: the section, and what must follow where it is a fault. */
  readonly rule: string;
  /** As `Http2Answer` has it. Then, unless it is closed, the connection takes a next request as if nothing had been. */
  readonly answer: string;
  readonly isClosed: boolean;
}

export interface Http2Topic {
  readonly title: string;
  readonly cases: readonly Http2Case[];
}

export type Outcome = Pick<Http2Case, "answer" | "isClosed">;

export const kept = (answer: string): Outcome => ({ answer, isClosed: false });
export const closed = (answer = "goodbye PROTOCOL_ERROR"): Outcome => ({ answer, isClosed: true });
/** RFC 9113, section 8.1.1. */
export const MALFORMED: Outcome = kept("reset PROTOCOL_ERROR");
/** What a POST to a site gets: the answer before its body, which is not wanted (RFC 9113, section 8.1). */
export const ANSWERED = "405, reset NO_ERROR";

/** What is sent after the client's preface and settings. */
export const says = (name: string, rule: string, outcome: Outcome, ...frames: readonly Buffer[]): Http2Case => ({
  name,
  rule,
  ...outcome,
  sent: Buffer.concat([HELLO, ...frames]),
});

export const METHOD = [":method", "GET"] as const;
export const SCHEME = [":scheme", "https"] as const;
export const AUTHORITY = [":authority", ONE] as const;
export const PATH = [":path", "/"] as const;
export const GET: Fields = [METHOD, SCHEME, AUTHORITY, PATH];
export const POST: Fields = [[":method", "POST"], SCHEME, AUTHORITY, PATH];

/** A whole request: HEADERS that end their stream. */
export const request = (fields: Fields, stream = 1): Buffer =>
  frame(FRAME.HEADERS, END_HEADERS | END_STREAM, stream, headerBlock(fields));
/** HEADERS that a body follows. */
export const opening = (fields: Fields, stream = 1): Buffer =>
  frame(FRAME.HEADERS, END_HEADERS, stream, headerBlock(fields));
export const data = (text: string, stream = 1, flags: number = END_STREAM): Buffer =>
  frame(FRAME.DATA, flags, stream, text);
export const ping = (): Buffer => frame(FRAME.PING, 0, 0, "12345678");
/** A GET with more fields. */
export const withFields = (...fields: Fields): Buffer => request([...GET, ...fields]);
/** A GET with another value in one of its fields. */
export const replaced = (name: string, value: string): Buffer =>
  request(GET.map((field) => (field[0] === name ? [name, value] : field)));
