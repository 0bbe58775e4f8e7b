import { ONE, TWO } from "./hosts.ts";
import {
  asHost,
  closed,
  forTarget,
  HOST,
  kept,
  post,
  type RawTopic,
  SMUGGLED,
  withHeader,
  withLine,
} from "./requests.ts";

export const headers: RawTopic = {
  title: "A header",
  cases: [
    kept("that is empty", withHeader("X-A:\r\n"), "200 one"),
    kept("with bytes that are no ASCII", withHeader("X-A: \u00c3\u00a4\r\n"), "200 one"),
    closed("folded over two lines", withHeader("X-A: b\r\n c\r\n")),
    closed("without a colon", withHeader("garbage\r\n")),
    closed("without a name", withHeader(": b\r\n")),
    closed("with a space in its name", withHeader("X A: b\r\n")),
    closed("with a space before the colon", withHeader("X-A : b\r\n")),
    closed("with a parenthesis in its name", withHeader("X(A): b\r\n")),
    closed("with a control character in its name", withHeader("X\u0001A: b\r\n")),
    closed("with a name that is no ASCII", withHeader("X\u00c3\u00a4: b\r\n")),
    closed("with a NUL", withHeader("X-A: b\0c\r\n")),
    closed("with a bare carriage return", withHeader("X-A: b\rc\r\n")),
    closed("with a bare line feed and a second Host", withHeader(`X-A: b\nHost: ${TWO}\r\n`)),
    closed("that all end in bare line feeds", `GET / HTTP/1.1\nHost: ${ONE}\n\n`, "505"),
    closed("the last one, that ends in a bare line feed", `GET / HTTP/1.1\r\n${HOST}\n`),
    closed("that all end in bare carriage returns", `GET / HTTP/1.1\rHost: ${ONE}\r\r`, "505"),
    kept("of 10,000 bytes", withHeader(`X-A: ${"b".repeat(10_000)}\r\n`), "200 one"),
    closed("of 20,000 bytes", withHeader(`X-A: ${"b".repeat(20_000)}\r\n`), "431"),
    closed("of 1,000,000 bytes", withHeader(`X-A: ${"b".repeat(1_000_000)}\r\n`), "431"),
    kept("and 100 more of it", withHeader("X-A: b\r\n".repeat(100)), "200 one"),
    closed("and 1,000 more of it", withHeader("X-A: b\r\n".repeat(1000)), "431"),
    kept(
      "Upgrade: h2c",
      withHeader("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"),
      "200 one",
    ),
    kept(
      "Upgrade: websocket",
      withHeader(
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
      ),
      "200 one",
    ),
    kept("Expect: 100-continue", post("Content-Length: 4\r\nExpect: 100-continue\r\n", "abcd"), "100, 405"),
    kept("Expect: something else", post("Content-Length: 4\r\nExpect: x\r\n", "abcd"), "405"),
    closed("Connection: close", withHeader("Connection: close\r\n"), "200 one"),
  ],
};

export const lines: RawTopic = {
  title: "The first line",
  cases: [
    kept("of TRACE", withLine("TRACE / HTTP/1.1"), "405"),
    closed("of a method that there is not", withLine("FOO / HTTP/1.1"), ""),
    closed("of a method in lower case", withLine("get / HTTP/1.1"), ""),
    closed("of a method of 1,000 letters", withLine(`${"A".repeat(1000)} / HTTP/1.1`), ""),
    closed("of a method that is no word", withLine("G@T / HTTP/1.1")),
    closed("without a method", withLine(" / HTTP/1.1")),
    closed("after an empty line", `\r\n${forTarget("/")}`),
    closed("after a line feed", `\n${forTarget("/")}`),
    closed("after a space", ` ${forTarget("/")}`),
    closed("with tabs", withLine("GET\t/\tHTTP/1.1"), "505"),
    closed("with two spaces", withLine("GET  /  HTTP/1.1")),
    closed("of HTTP/0.9", "GET /\r\n\r\n", "505"),
    closed("of HTTP/1.2", withLine("GET / HTTP/1.2"), "505"),
    closed("of HTTP/1.10", withLine("GET / HTTP/1.10"), "505"),
    closed("of HTTP/1.1x", withLine("GET / HTTP/1.1x"), "505"),
    closed("of http/1.1", withLine("GET / http/1.1"), "505"),
    closed("of HTTP/2.0", withLine("GET / HTTP/2.0"), "505"),
    closed("of HTTP/2, where that was not agreed on", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    closed("of TLS", `\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003${"\0".repeat(40)}`),
  ],
};

export const sequences: RawTopic = {
  title: "Several requests at once",
  cases: [
    kept("of one site", forTarget("/") + forTarget("/a.txt") + forTarget("/"), "200 one, 200 one, 200 one"),
    kept("of two sites", forTarget("/") + SMUGGLED + forTarget("/a.txt"), "200 one, 200 two, 200 one"),
    closed("the first of a site that must be looked up", asHost("unheard-of.sites.test") + SMUGGLED, ""),
    kept("the first one refused for its host", asHost(`${ONE}/`) + SMUGGLED, "400, 200 two"),
    closed("the first one malformed", withHeader("garbage\r\n") + SMUGGLED),
    closed("garbage after the first", `${forTarget("/")}garbage\r\n\r\n`, "200 one, 400"),
    closed("NULs after the first", `${forTarget("/")}\0\0\0\r\n\r\n`, "200 one, 400"),
  ],
};
