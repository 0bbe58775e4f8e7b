import { expect, test } from "bun:test";
import { decidePlain } from "./plain-http.ts";

const decide = (host: string | undefined, target: string, address: string | null = "198.51.100.1", scheme = "http") =>
  decidePlain({ url: `${scheme}://${host}${target}`, host, address }, 443);

test.each([
  ["docs.example.com", "/", "https://docs.example.com/"],
  ["docs.example.com", "/a%2fb?x=1&y=//z", "https://docs.example.com/a%2fb?x=1&y=//z"],
  ["docs.example.com:80", "//evil.test/", "https://docs.example.com//evil.test/"],
  ["[2001:db8::1]:80", "/", "https://[2001:db8::1]/"],
])("%s%s is sent to %s", (host, target, location) => {
  expect(decide(host, target)).toEqual({ kind: "redirect", location });
});

test("another port of HTTPS stands in the address", () => {
  const request = { url: "http://docs.example.com/", host: "docs.example.com", address: "198.51.100.1" };
  expect(decidePlain(request, 8443)).toEqual({ kind: "redirect", location: "https://docs.example.com:8443/" });
});

test("an authority's challenge is answered, under any name", () => {
  expect(decide("docs.example.com", "/.well-known/acme-challenge/abc").kind).toBe("challenge");
  expect(decide("docs.example.com", "/.well-known/acme-challenge").kind).toBe("redirect");
  expect(decide("docs.example.com", "/.well-known/security.txt").kind).toBe("redirect");
});

test("what names no host, or none that is one, is left to whoever refuses it", () => {
  expect(decide(undefined, "/")).toEqual({ kind: "serve" });
});

test("what came to a proxy by HTTPS is served", () => {
  expect(decide("docs.example.com", "/", "198.51.100.1", "https")).toEqual({ kind: "serve" });
});

test.each([
  ["localhost:80", "127.0.0.1", "serve"],
  ["127.0.0.1", "::ffff:127.0.0.1", "serve"],
  ["[::1]:80", "::1", "serve"],
  ["localhost", "198.51.100.1", "redirect"],
  ["docs.example.com", "127.0.0.1", "redirect"],
  ["localhost.example.com", "127.0.0.1", "redirect"],
  ["localhost", null, "redirect"],
] as const)("this machine may look at itself: %s from %s is answered by %s", (host, address, kind) => {
  expect(decide(host, "/", address).kind).toBe(kind);
});
