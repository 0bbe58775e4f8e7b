import { expect, test } from "bun:test";
import { parseCloudflareHeaders } from "./cloudflare-headers.ts";
import { compileHeaders } from "./header-matcher.ts";
import { parseNetlifyHeaders } from "./netlify-headers.ts";

const netlify = (file: string) => compileHeaders(parseNetlifyHeaders(file).rules);
const cloudflare = (file: string) => compileHeaders(parseCloudflareHeaders(file).rules);

test("all rules that match apply, in the order of the file", () => {
  const matcher = netlify("/*\n  X-A: 1\n/b/*\n  X-B: 2\n/b/c\n  X-C: 3");
  expect(matcher.match("h", "b/c").changes.map(({ name }) => name)).toEqual(["x-a", "x-b", "x-c"]);
  expect(matcher.match("h", "B/D/").changes.map(({ name }) => name)).toEqual(["x-a", "x-b"]);
  expect(matcher.match("h", "").changes.map(({ name }) => name)).toEqual(["x-a"]);
});

test("with Netlify a later rule replaces, with Cloudflare it adds", () => {
  const file = "/*\n  X-A: 1\n/b\n  X-A: 2";
  expect(netlify(file).match("h", "b").changes).toEqual([
    { kind: "set", name: "x-a", value: "1" },
    { kind: "set", name: "x-a", value: "2" },
  ]);
  expect(cloudflare(file).match("h", "b").changes).toEqual([
    { kind: "set", name: "x-a", value: "1" },
    { kind: "append", name: "x-a", value: "2" },
  ]);
});

test("cookies stay apart and Vary grows", () => {
  expect(netlify("/*\n  Set-Cookie: a=1\n  Set-Cookie: b=2\n  Vary: Cookie").match("h", "").changes).toEqual([
    { kind: "append", name: "set-cookie", value: "a=1" },
    { kind: "append", name: "set-cookie", value: "b=2" },
    { kind: "append", name: "vary", value: "Cookie" },
  ]);
});

test("a rule takes away before it sets", () => {
  expect(cloudflare("/*\n  X-A: 1\n  ! X-A").match("h", "").changes).toEqual([
    { kind: "remove", name: "x-a" },
    { kind: "set", name: "x-a", value: "1" },
  ]);
});

test("Cloudflare's values are filled in, percent-encoded", () => {
  const matcher = cloudflare("https://:sub.Example.com/:x/*\n  X-A: :sub :x :splat :none");
  expect(matcher.match("www.example.com", "é/b c/d").changes).toEqual([
    { kind: "set", name: "x-a", value: "www %C3%A9 b%20c/d :none" },
  ]);
  expect(matcher.match("www.example.org", "a/b").changes).toEqual([]);
  expect(matcher.match("a.b.example.com", "a/b").changes).toEqual([]);
});

test("every lock of a path counts", () => {
  const matcher = netlify("/*\n  Basic-Auth: a:1\n/x/*\n  Basic-Auth: b:2");
  expect(matcher.match("h", "x/y").locks).toEqual([[{ user: "a", password: "1" }], [{ user: "b", password: "2" }]]);
  expect(matcher.match("h", "y").locks).toEqual([[{ user: "a", password: "1" }]]);
});

test("values that placeholders fill are valid headers, whatever the path holds", () => {
  const matcher = cloudflare("/*\n  X-A: a:splat");
  for (const path of ["a\r\nb", "é", "\u0000", "\ud800", "\u{1f600}"]) {
    for (const change of matcher.match("h", path).changes) {
      if (change.kind !== "remove") new Headers().append(change.name, change.value);
    }
  }
});
