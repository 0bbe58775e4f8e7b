import { TWO } from "../raw-http/hosts.ts";
import { SMUGGLED } from "../raw-http/requests.ts";
import { END_HEADERS, END_STREAM, type Fields, FRAME, frame, headerBlock, hpackString } from "./frames.ts";
import {
  ANSWERED,
  closed,
  data,
  GET,
  type Http2Case,
  type Http2Topic,
  kept,
  MALFORMED,
  opening,
  POST,
  request,
  says,
  withFields,
} from "./requests.ts";

const refused = (name: string, section: string, fields: Fields): Http2Case =>
  says(name, `${section}: malformed`, MALFORMED, withFields(...fields));
const taken = (name: string, section: string, fields: Fields): Http2Case =>
  says(name, section, kept("200 one"), withFields(...fields));

export const fields: Http2Topic = {
  title: "A header",
  cases: [
    taken("that is empty", "8.2.1", [["x-a", ""]]),
    taken("with bytes that are no ASCII", "8.2.1", [["x-a", "\u00c3\u00a4"]]),
    refused("in upper case", "8.2.1", [["X-A", "b"]]),
    refused("Host in upper case", "8.2.1", [["Host", TWO]]),
    says("without a name", "8.2.1: malformed", closed("goodbye COMPRESSION_ERROR"), withFields(["", "b"])),
    refused("with a space in its name", "8.2.1", [["x a", "b"]]),
    refused("with a colon in its name", "8.2.1", [["x:a", "b"]]),
    refused("with a name that is no ASCII", "8.2.1", [["x\u00e4", "b"]]),
    refused("with a line break in its name", "8.2.1", [[`x-a: b\r\nhost`, TWO]]),
    refused("with a NUL", "8.2.1", [["x-a", "b\0c"]]),
    refused("with a line break and a second Host", "8.2.1", [["x-a", `b\r\nHost: ${TWO}`]]),
    refused("with a line feed", "8.2.1", [["x-a", "b\nc"]]),
    refused("with a carriage return", "8.2.1", [["x-a", "b\rc"]]),
    refused("that begins with a space", "8.2.1", [["x-a", " b"]]),
    refused("that ends in a tab", "8.2.1", [["x-a", "b\t"]]),
    refused("Connection: close", "8.2.2", [["connection", "close"]]),
    refused("Connection: host", "8.2.2", [["connection", "host"]]),
    refused("Keep-Alive", "8.2.2", [["keep-alive", "timeout=5"]]),
    refused("Proxy-Connection", "8.2.2", [["proxy-connection", "keep-alive"]]),
    refused("Upgrade", "8.2.2", [["upgrade", "websocket"]]),
    says(
      "Transfer-Encoding, and a request after the last chunk",
      "8.2.2: malformed",
      MALFORMED,
      opening([...POST, ["transfer-encoding", "chunked"]]),
      data(`0\r\n\r\n${SMUGGLED}`),
    ),
    taken("TE: trailers", "8.2.2", [["te", "trailers"]]),
    refused("TE: gzip", "8.2.2", [["te", "gzip"]]),
    refused("TE: trailers, gzip", "8.2.2", [["te", "trailers, gzip"]]),
    taken("Cookie twice", "8.2.3", [
      ["cookie", "a=b"],
      ["cookie", "c=d"],
    ]),
    says(
      "Expect: 100-continue",
      "RFC 9110, 10.1.1",
      kept(ANSWERED),
      opening([...POST, ["expect", "100-continue"], ["content-length", "4"]]),
      data("abcd"),
    ),
  ],
};

const big = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, i) =>
    frame(
      i === 0 ? FRAME.HEADERS : FRAME.CONTINUATION,
      (i === 0 ? END_STREAM : 0) | (i === count - 1 ? END_HEADERS : 0),
      1,
      headerBlock([...(i === 0 ? GET : []), ["x-a", "b".repeat(16_000)]]),
    ),
  );
const CALM = closed("goodbye ENHANCE_YOUR_CALM");
const many = (count: number): Fields => Array.from({ length: count }, () => ["x-a", "b"] as const);

export const sizes: Http2Topic = {
  title: "The size of the headers",
  cases: [
    taken("one of 10,000 bytes", "10.5.1", [["x-a", "b".repeat(10_000)]]),
    says("two of 16,000 bytes", "10.5.1: 431", kept("431"), ...big(2)),
    says("ten of 16,000 bytes", "10.5.1: 431, or to be treated as an attack", CALM, ...big(10)),
    taken("100 more", "10.5.1", many(100)),
    says("1,000 more", "10.5.1: 431, or to be treated as an attack", CALM, withFields(...many(1000))),
    says(
      "10,000 references to one of 4,000 bytes",
      "10.5.1: 431, or to be treated as an attack",
      CALM,
      block(
        headerBlock(GET),
        Buffer.of(0x40),
        hpackString("x"),
        hpackString("y".repeat(4000)),
        Buffer.alloc(10_000, 0xbe),
      ),
    ),
  ],
};

function block(...parts: readonly Uint8Array[]): Buffer {
  return frame(FRAME.HEADERS, END_HEADERS | END_STREAM, 1, Buffer.concat(parts));
}
/** A GET, then bytes that are no field. */
const broken = (name: string, section: string, bytes: readonly number[], isFirst = false): Http2Case =>
  says(
    name,
    `RFC 7541, ${section}: COMPRESSION_ERROR`,
    closed("goodbye COMPRESSION_ERROR"),
    isFirst ? block(Buffer.from(bytes), headerBlock(GET)) : block(headerBlock(GET), Buffer.from(bytes)),
  );

export const compression: Http2Topic = {
  title: "The compression of the headers",
  cases: [
    broken("entry 0 of the table", "6.1", [0x80]),
    broken("an entry that the table has not", "2.3.3", [0xff, 0x80, 0x01]),
    broken("a table larger than was allowed", "6.3", [0x3f, 0xff, 0xff, 0xff, 0x07], true),
    broken("a table's size behind a field", "4.2", [0x20]),
    broken("a number without an end", "5.1", [0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
    broken("a text longer than the block", "5.2", [0x00, 0x0a, 0x61]),
    broken("Huffman's end of a text within it", "5.2", [0x00, 0x01, 0x78, 0x84, 0xff, 0xff, 0xff, 0xff]),
    broken("Huffman's padding of a whole byte", "5.2", [0x00, 0x01, 0x78, 0x82, 0x1f, 0xff]),
    says("an empty block", "8.3.1: malformed", MALFORMED, request([])),
  ],
};
