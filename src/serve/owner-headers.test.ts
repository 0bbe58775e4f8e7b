import { expect, test } from "bun:test";
import type { HeaderChange } from "#routing";
import { applyHeaders } from "./owner-headers.ts";

const CHANGES: readonly HeaderChange[] = [
  { kind: "set", name: "cache-control", value: "public, max-age=9" },
  { kind: "set", name: "cdn-cache-control", value: "max-age=9" },
  { kind: "set", name: "expires", value: "Thu, 01 Jan 2032 00:00:00 GMT" },
  { kind: "set", name: "content-type", value: "text/x" },
  { kind: "remove", name: "x-gone" },
  { kind: "append", name: "vary", value: "X-Mine" },
];

function apply(status: number, headers: Record<string, string> = {}): Record<string, string> {
  const response = new Response(null, { status, headers: { "X-Gone": "1", Vary: "Accept-Encoding", ...headers } });
  return Object.fromEntries(applyHeaders(response, CHANGES).headers);
}

const CACHING = { "cache-control": "public, max-age=9", "cdn-cache-control": "max-age=9", expires: expect.any(String) };

test("a file has all that its owner says", () => {
  expect(apply(200)).toEqual({ ...CACHING, "content-type": "text/x", vary: "Accept-Encoding, X-Mine" });
});

test("an error is not kept, by whatever header", () => {
  expect(apply(404, { "Cache-Control": "no-store" })).toEqual({
    "cache-control": "no-store",
    "content-type": "text/x",
    vary: "Accept-Encoding, X-Mine",
  });
});

test("what has other content than the file keeps its own type", () => {
  expect(apply(304)).toEqual({ ...CACHING, vary: "Accept-Encoding, X-Mine" });
  expect(apply(206, { "Content-Type": "multipart/byteranges; boundary=x" })["content-type"]).toStartWith("multipart/");
  expect(apply(206, { "Content-Type": "text/html" })["content-type"]).toBe("text/x");
});

test("a redirect is left alone", () => {
  expect(apply(307)).toEqual({ "x-gone": "1", vary: "Accept-Encoding" });
});
