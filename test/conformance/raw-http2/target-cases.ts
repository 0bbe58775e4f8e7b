import { ONE, TWO, DOMAIN } from "../raw-http/hosts.ts";
import { type Fields } from "./frames.ts";
import {
  ANSWERED,
  AUTHORITY,
  data,
  GET,
  type Http2Case,
  type Http2Topic,
  kept,
  MALFORMED,
  METHOD,
  opening,
  PATH,
  POST,
  replaced,
  request,
  SCHEME,
  says,
  withFields,
} from "./requests.ts";
import { SMUGGLED } from "../raw-http/requests.ts";

/** A GET, its authority written so. */
const named = (name: string, authority: string, answer: string): Http2Case =>
  says(name, "8.3.1", kept(answer), replaced(":authority", authority));
const named400 = (name: string, authority: string): Http2Case =>
  says(name, "8.3.1; RFC 9110, 7.2: 400", kept("400"), replaced(":authority", authority));
const unnamed = (name: string, rule: string, authority: string): Http2Case =>
  says(name, rule, MALFORMED, replaced(":authority", authority));
const hosted = (...fields: Fields): Buffer => request([METHOD, SCHEME, PATH, ...fields]);

export const authorities: Http2Topic = {
  title: "The authority",
  cases: [
    named("in upper case", ONE.toUpperCase(), "200 one"),
    named("with a trailing dot", `${ONE}.`, "200 one"),
    named("with a port", `${ONE}:8443`, "200 one"),
    says("absent, Host in its place", "8.3.1", kept("200 one"), hosted(["host", ONE])),
    says("and the same Host", "8.3.1", kept("200 one"), hosted(AUTHORITY, ["host", ONE])),
    says("and another Host", "8.3.1: malformed", MALFORMED, hosted(AUTHORITY, ["host", TWO])),
    says("and the same Host in upper case", "8.3.1", MALFORMED, hosted(AUTHORITY, ["host", ONE.toUpperCase()])),
    says("and an empty Host", "8.3.1: malformed", kept("200 one"), hosted(AUTHORITY, ["host", ""])),
    says("and the same Host twice", "RFC 9110, 7.2: 400", MALFORMED, hosted(AUTHORITY, ["host", ONE], ["host", ONE])),
    says("and Hosts that differ", "RFC 9110, 7.2: 400", MALFORMED, hosted(AUTHORITY, ["host", ONE], ["host", TWO])),
    says("absent", "8.3.1; RFC 9110, 7.2: 400", MALFORMED, hosted()),
    says("absent, and Hosts that differ", "RFC 9110, 7.2: 400", MALFORMED, hosted(["host", ONE], ["host", TWO])),
    says("empty", "8.3.1", MALFORMED, hosted([":authority", ""])),
    says("empty, and a Host", "8.3.1: malformed", MALFORMED, hosted([":authority", ""], ["host", TWO])),
    says("twice", "8.3: malformed", MALFORMED, hosted(AUTHORITY, [":authority", TWO])),
    says("twice the same", "8.3: malformed", MALFORMED, hosted(AUTHORITY, AUTHORITY)),
    says("behind a header", "8.3: malformed", MALFORMED, hosted(["x-a", "b"], AUTHORITY)),
    unnamed("with a user", "8.3.1: not allowed", `${ONE}@${TWO}`),
    named400("a list", `${ONE}, ${TWO}`),
    named400("two words", `${ONE} ${TWO}`),
    named400("with two trailing dots", `${ONE}..`),
    named400("with a path", `${ONE}/${TWO}`),
    named400("with a query", `${ONE}?${TWO}`),
    named400("with a fragment", `${ONE}#${TWO}`),
    named400("with a backslash", `${ONE}\\${TWO}`),
    named400("percent-encoded", ONE.replace(".", "%2e")),
    named400("in UTF-8", `\u00c3\u00b6${ONE}`),
    named400("longer than DNS allows", `${"a".repeat(300)}.${ONE}`),
    unnamed("with a NUL", "8.2.1: malformed", `${ONE}\0`),
    unnamed("with a line break and a Host", "8.2.1: malformed", `${ONE}\r\nhost: ${TWO}`),
    unnamed("after a space", "8.2.1: malformed", ` ${ONE}`),
    named("another site than in the TLS handshake", TWO, "200 two"),
    named("a look-alike suffix", "one.evilsites.test", "404"),
    named("an IPv6 literal", "[::1]:8443", "200 console"),
    says(
      "told otherwise by headers that proxies set",
      "8.3.1",
      kept("200 one"),
      withFields(["x-forwarded-host", TWO], ["forwarded", `host=${TWO}`], ["x-original-url", "/a.txt"]),
    ),
  ],
};

const odd = (
  name: string,
  field: ":path" | ":scheme" | ":method",
  value: string,
  rule: string,
  answer: string,
): Http2Case => says(name, rule, kept(answer), replaced(field, value));
const badPath = (name: string, value: string): Http2Case =>
  says(name, "8.3.1: malformed", MALFORMED, replaced(":path", value));
const lacks = (name: string, ...fields: Fields): Http2Case =>
  says(name, "8.3.1: malformed", MALFORMED, request(fields));

export const pseudoHeaders: Http2Topic = {
  title: "The pseudo-headers",
  cases: [
    lacks("no method", SCHEME, AUTHORITY, PATH),
    lacks("no scheme", METHOD, AUTHORITY, PATH),
    lacks("no path", METHOD, SCHEME, AUTHORITY),
    lacks("two methods", ...GET, [":method", "POST"]),
    lacks("two schemes", ...GET, [":scheme", "http"]),
    lacks("two paths", ...GET, [":path", "/a.txt"]),
    says("one that there is not", "8.3: malformed", MALFORMED, withFields([":x", "y"])),
    says("one of answers", "8.3: malformed", MALFORMED, withFields([":status", "200"])),
    says("one behind a header", "8.3: malformed", MALFORMED, request([METHOD, SCHEME, AUTHORITY, ["x-a", "b"], PATH])),
    says("one in upper case", "8.2.1: malformed", MALFORMED, request([[":METHOD", "GET"], SCHEME, AUTHORITY, PATH])),
    odd("the method empty", ":method", "", "8.3.1: malformed", MALFORMED.answer),
    odd("the method a whole line", ":method", "GET /a.txt HTTP/1.1", "8.3.1: malformed", MALFORMED.answer),
    odd("the method in lower case", ":method", "get", "RFC 9110, 9.1: 501", "501"),
    odd("a method that there is not", ":method", "FOO", "RFC 9110, 9.1: 501", "501"),
    odd("the method TRACE", ":method", "TRACE", "RFC 9110, 15.5.6: 405", "405"),
    odd("the method HEAD", ":method", "HEAD", "8.1", "200"),
    odd("CONNECT with a path", ":method", "CONNECT", "8.5: malformed", MALFORMED.answer),
    says("CONNECT", "8.5", kept("404"), request([[":method", "CONNECT"], AUTHORITY])),
    says(
      "CONNECT to a WebSocket",
      "RFC 8441, 3: malformed",
      MALFORMED,
      request([[":method", "CONNECT"], [":protocol", "websocket"], SCHEME, AUTHORITY, PATH]),
    ),
    odd("the scheme http", ":scheme", "http", "8.3.1", "200 one"),
    odd("the scheme ftp", ":scheme", "ftp", "8.3.1", "200 one"),
    odd("the scheme a whole address", ":scheme", `https://${TWO}/a.txt?`, "8.3.1", "200 one"),
    odd("the scheme empty", ":scheme", "", "8.3.1: malformed", MALFORMED.answer),
    badPath("the path empty", ""),
    badPath("the path without a slash", "a.txt"),
    badPath("the path a query alone", "?x"),
    badPath("the path a whole address", `https://${TWO}/a.txt`),
    badPath("the path beginning with @", `@${TWO}/a.txt`),
    badPath("the path beginning with a dot", `.${TWO}/a.txt`),
    badPath("the path beginning with a backslash", "\\a.txt"),
    badPath("the path an asterisk, of GET", "*"),
    says(
      "the path an asterisk, of OPTIONS",
      "8.3.1",
      kept("204"),
      request([[":method", "OPTIONS"], SCHEME, AUTHORITY, [":path", "*"]]),
    ),
    odd("the path with two slashes", ":path", `//${TWO}/a.txt`, "8.3.1", "404"),
    odd("the path with a backslash", ":path", `/\\${TWO}/a.txt`, "8.3.1", "404"),
    odd("the path with dots that lead out", ":path", "/../../etc/passwd", "8.3.1", "404"),
    odd("the path with dots and an encoded slash", ":path", "/..%2f..%2fetc/passwd", "8.3.1", "404"),
    odd("the path with %00", ":path", "/a.txt%00", "8.3.1", "400"),
    odd("the path with a fragment", ":path", "/a.txt#x", "8.3.1", "200 one"),
    odd("the path with bytes that are no ASCII", ":path", "/\u00c3\u00a4.txt", "8.3.1", "404"),
    odd("the path of 8,000 characters", ":path", `/${"a".repeat(8000)}`, "8.3.1", "404"),
    badPath("the path with a space", "/a.txt HTTP/1.1"),
    badPath("the path with a tab", "/a\t.txt"),
    badPath("the path with a NUL", "/a\0.txt"),
    badPath("the path with a line break and a Host", `/a.txt\r\nhost: ${TWO}`),
  ],
};

const JSON_BODY = '{"email":"a@b.c"}';
const toApi = (...more: Fields): Buffer =>
  opening([
    [":method", "POST"],
    SCHEME,
    [":authority", DOMAIN],
    [":path", "/api/v1/auth/login"],
    ["content-type", "application/json"],
    ...more,
  ]);
const ofLength = (length: string): readonly [string, string] => ["content-length", length];
const mismatched = (name: string, length: string): Http2Case =>
  says(name, "8.1.1: malformed", MALFORMED, toApi(ofLength(length)), data(JSON_BODY));

/** Sites answer before the body, the API when it has read it. */
export const bodies: Http2Topic = {
  title: "The body",
  cases: [
    says("that holds a request: it is none", "8.1", kept(ANSWERED), opening(POST), data(SMUGGLED)),
    says("of a GET", "8.1", kept("200 one, reset NO_ERROR"), opening(GET), data(SMUGGLED)),
    says("of a GET, without its end", "8.1", kept("200 one, reset NO_ERROR"), opening(GET)),
    says(
      "for the API, of the length that was told",
      "8.1.1",
      kept("400"),
      toApi(ofLength(`${JSON_BODY.length}`)),
      data(JSON_BODY),
    ),
    says(
      "for the API, in two frames, the second too long",
      "8.1.1: malformed",
      MALFORMED,
      toApi(ofLength(`${JSON_BODY.length}`)),
      data(JSON_BODY, 1, 0),
      data("x"),
    ),
    mismatched("for the API, shorter than was told", "30"),
    mismatched("for the API, longer than was told", "5"),
    mismatched("for the API, of a negative length", "-1"),
    mismatched("for the API, its length with a plus sign", "+17"),
    mismatched("for the API, its length no number", "four"),
    mismatched("for the API, its length a list", "17, 17"),
    mismatched("for the API, its length 2^64 and more", "18446744073709551633"),
    says(
      "for the API, with two lengths",
      "8.1.1: malformed",
      MALFORMED,
      toApi(ofLength("17"), ofLength("5")),
      data(JSON_BODY),
    ),
    says("none, though a length was told", "8.1.1: malformed", MALFORMED, withFields(ofLength("2"))),
    says("for the API, with a trailer", "8.1", kept("400"), toApi(), data(JSON_BODY, 1, 0), request([["x-a", "b"]])),
    says(
      "for the API, with a path as trailer",
      "8.1: malformed",
      MALFORMED,
      toApi(),
      data(JSON_BODY, 1, 0),
      request([[":path", "/"]]),
    ),
    says(
      "for the API, with a trailer in upper case",
      "8.2.1: malformed",
      MALFORMED,
      toApi(),
      data(JSON_BODY, 1, 0),
      request([["X-A", "b"]]),
    ),
    says(
      "for the API, with a trailer that does not end it",
      "8.1: malformed",
      MALFORMED,
      toApi(),
      data(JSON_BODY, 1, 0),
      opening([["x-a", "b"]]),
    ),
  ],
};
