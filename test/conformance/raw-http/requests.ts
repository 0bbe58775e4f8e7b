import { ONE, TWO } from "./hosts.ts";

/** Bytes that somebody sends, as Latin-1, and what they get. */
export interface RawCase {
  readonly name: string;
  readonly sent: string;
  /**
   * The answers in their order, each a status and whose page it holds: `200 one, 200 two`. Then, unless it is closed, the
   * connection takes a next request as if nothing had been.
   */
  readonly answer: string;
  readonly isClosed: boolean;
}

/** What is asked about, and what all of its rows have in common. */
export interface RawTopic {
  readonly title: string;
  readonly cases: readonly RawCase[];
}

export const kept = (name: string, sent: string, answer: string): RawCase => ({ name, sent, answer, isClosed: false });
export const closed = (name: string, sent: string, answer = "400"): RawCase => ({ name, sent, answer, isClosed: true });

export const HOST = `Host: ${ONE}\r\n`;
/** What an attacker hides in another request: if it is answered where it was not sent as a request, it got through. */
export const SMUGGLED = `GET /a.txt HTTP/1.1\r\nHost: ${TWO}\r\n\r\n`;

export const ask = (line: string, headers: string): string => `${line}\r\n${headers}\r\n`;
export const asHost = (host: string): string => ask("GET / HTTP/1.1", `Host: ${host}\r\n`);
export const forTarget = (target: string): string => ask(`GET ${target} HTTP/1.1`, HOST);
export const withHeader = (header: string): string => ask("GET / HTTP/1.1", HOST + header);
export const post = (headers: string, body: string): string => ask("POST / HTTP/1.1", HOST + headers) + body;
export const chunked = (body: string): string => post("Transfer-Encoding: chunked\r\n", body);
export const withLine = (line: string): string => ask(line, HOST);
