import { TWO } from "./hosts.ts";
import { ask, chunked, closed, HOST, kept, post, type RawTopic, SMUGGLED, withHeader, withLine } from "./requests.ts";

export const lengths: RawTopic = {
  title: "The length of the body",
  cases: [
    closed(
      "Content-Length and Transfer-Encoding",
      post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", `0\r\n\r\n${SMUGGLED}`),
    ),
    closed(
      "Transfer-Encoding and Content-Length",
      post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", `0\r\n\r\n${SMUGGLED}`),
    ),
    closed("two that differ", post(`Content-Length: 0\r\nContent-Length: ${SMUGGLED.length}\r\n`, SMUGGLED)),
    kept("twice the same", post("Content-Length: 4\r\nContent-Length: 4\r\n", "abcd"), "405"),
    closed("a list", post("Content-Length: 4, 4\r\n", "abcd")),
    closed("negative", post("Content-Length: -1\r\n", SMUGGLED)),
    closed("with a plus sign", post("Content-Length: +4\r\n", "abcd")),
    closed("hexadecimal", post("Content-Length: 0x4\r\n", "abcd")),
    closed("with a fraction", post("Content-Length: 4.0\r\n", "abcd")),
    closed("2^64 and more", post("Content-Length: 18446744073709551617\r\n", "a")),
    closed("of twenty digits", post("Content-Length: 99999999999999999999\r\n", "a")),
    closed("with many zeros before it", post("Content-Length: 0000000000000000004\r\n", "abcd")),
    closed("empty", post("Content-Length: \r\n", SMUGGLED)),
    closed("no number", post("Content-Length: four\r\n", SMUGGLED)),
    closed("two numbers", post("Content-Length: 4 4\r\n", "abcd")),
    kept(
      "of a GET: the body is not a request",
      withHeader(`Content-Length: ${SMUGGLED.length}\r\n`) + SMUGGLED,
      "200 one",
    ),
    kept("of a POST: the body is not a request", post(`Content-Length: ${SMUGGLED.length}\r\n`, SMUGGLED), "405"),
    kept(
      "short of the bytes sent: the rest is the next request",
      post("Content-Length: 2\r\n", `ab${SMUGGLED}`),
      "405, 200 two",
    ),
    kept("of HEAD: none, so the next request follows", withLine("HEAD / HTTP/1.1") + SMUGGLED, "200, 200 two"),
  ],
};

export const encodings: RawTopic = {
  title: "Transfer-Encoding",
  cases: [
    kept("chunked, after a tab", post("Transfer-Encoding:\tchunked\r\n", "0\r\n\r\n"), "405"),
    kept("chunked, in upper case", post("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n"), "405"),
    closed("identity", post("Transfer-Encoding: identity\r\n", SMUGGLED)),
    closed("chunked, identity", post("Transfer-Encoding: chunked, identity\r\n", `0\r\n\r\n${SMUGGLED}`)),
    closed("chunked, chunked", post("Transfer-Encoding: chunked, chunked\r\n", `0\r\n\r\n${SMUGGLED}`)),
    closed("gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")),
    closed("xchunked", post("Transfer-Encoding: xchunked\r\n", `0\r\n\r\n${SMUGGLED}`)),
    closed("chunked after a vertical tab", post("Transfer-Encoding: \vchunked\r\n", `0\r\n\r\n${SMUGGLED}`)),
    closed("with a space before the colon", post("Transfer-Encoding : chunked\r\n", `0\r\n\r\n${SMUGGLED}`)),
    closed("empty", post("Transfer-Encoding: \r\n", `0\r\n\r\n${SMUGGLED}`)),
    closed(
      "chunked and identity in two headers",
      post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", `0\r\n\r\n${SMUGGLED}`),
    ),
    closed(
      "identity and chunked in two headers",
      post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", `0\r\n\r\n${SMUGGLED}`),
    ),
    closed("in HTTP/1.0", `${ask("POST / HTTP/1.0", `${HOST}Transfer-Encoding: chunked\r\n`)}0\r\n\r\n${SMUGGLED}`),
  ],
};

/** The answer comes before the body is read. What is wrong with the body then ends the connection. */
export const chunks: RawTopic = {
  title: "A chunk",
  cases: [
    kept("of four bytes", chunked("4\r\nabcd\r\n0\r\n\r\n"), "405"),
    kept("and then the next request", chunked(`4\r\nabcd\r\n0\r\n\r\n${SMUGGLED}`), "405, 200 two"),
    kept(
      "that holds a request: it is none",
      chunked(`${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`),
      "405",
    ),
    kept("with an extension", chunked("4;a=b\r\nabcd\r\n0\r\n\r\n"), "405"),
    closed("with a line feed in its extension", chunked(`4;a\nb\r\nabcd\r\n0\r\n\r\n${SMUGGLED}`), "405, 400"),
    closed("with a carriage return in its extension", chunked(`4;a\rb\r\nabcd\r\n0\r\n\r\n${SMUGGLED}`), "405, 400"),
    closed(
      "with an extension of 100,000 characters",
      chunked(`4;${"a".repeat(100_000)}\r\nabcd\r\n0\r\n\r\n`),
      "405, 413",
    ),
    closed("whose length is no number", chunked(`zz\r\nabcd\r\n0\r\n\r\n${SMUGGLED}`), "405, 400"),
    closed("whose length is negative", chunked(`-1\r\nabcd\r\n0\r\n\r\n${SMUGGLED}`), "405, 400"),
    closed("whose length has a plus sign", chunked(`+4\r\nabcd\r\n0\r\n\r\n${SMUGGLED}`), "405, 400"),
    closed("whose length begins with 0x", chunked(`0x4\r\nabcd\r\n0\r\n\r\n${SMUGGLED}`), "405, 400"),
    closed("whose length is followed by a space", chunked(`4 \r\nabcd\r\n0\r\n\r\n${SMUGGLED}`), "405, 400"),
    closed("whose length follows a space", chunked(`${" 4"}\r\nabcd\r\n0\r\n\r\n${SMUGGLED}`), "405, 400"),
    closed("whose length is missing", chunked(`\r\nabcd\r\n0\r\n\r\n${SMUGGLED}`), "405, 400"),
    closed("of 2^68 bytes", chunked(`fffffffffffffffff\r\nabcd\r\n0\r\n\r\n${SMUGGLED}`), "405, 400"),
    closed("of 2^64 and 4 bytes", chunked(`10000000000000004\r\nabcd\r\n0\r\n\r\n${SMUGGLED}`), "405, 400"),
    closed("longer than it says", chunked(`4\r\nabcdef\r\n0\r\n\r\n${SMUGGLED}`), "405, 400"),
    closed("without its end", chunked(`4\r\nabcd0\r\n\r\n${SMUGGLED}`), "405, 400"),
    closed("between bare line feeds", chunked(`4\nabcd\n0\n\n${SMUGGLED}`), "405, 400"),
    closed("that ends in a bare line feed", chunked(`4\r\nabcd\n0\r\n\r\n${SMUGGLED}`), "405, 400"),
    closed("with a trailer after the last", chunked(`0\r\nX-A: b\r\n\r\n${SMUGGLED}`), "405, 400"),
    closed("with a Host as trailer", chunked(`0\r\nHost: ${TWO}\r\n\r\n${SMUGGLED}`), "405, 400"),
    closed("with 20,000 trailers", chunked(`0\r\n${"X: y\r\n".repeat(20_000)}\r\n`), "405, 400"),
  ],
};
