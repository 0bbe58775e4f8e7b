import { expect, test } from "bun:test";
import { findClient, parseProxies, plainAddress } from "./proxies.ts";

const proxies = parseProxies("10.0.0.0/8, 127.0.0.1, fd00::/8")!;

test.each([
  ["10.255.0.1", true],
  ["127.0.0.1", true],
  ["127.0.0.2", false],
  ["fd12::1", true],
  ["2001:db8::1", false],
  ["", false],
  ["10.0.0.1, 10.0.0.2", false],
])("%s is a trusted proxy: %p", (address, isTrusted) => {
  expect(proxies.includes(address)).toBe(isTrusted);
});

test.each(["", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "::/129", "example.com", "10.0.0.1,", "10.0.0.0/-1"])(
  "%p is no list of proxies",
  (text) => {
    expect(parseProxies(text)).toBeUndefined();
  },
);

test.each([
  ["a stranger's header counts nothing", "203.0.113.9", "198.51.100.1", "203.0.113.9"],
  ["a proxy's last entry is the client", "10.0.0.1", "198.51.100.1", "198.51.100.1"],
  ["what the client put before it counts nothing", "10.0.0.1", "192.0.2.7, 198.51.100.1", "198.51.100.1"],
  ["proxies in a row are passed over", "10.0.0.1", "198.51.100.1, 10.1.1.1", "198.51.100.1"],
  ["a proxy that tells nothing is the client", "10.0.0.1", null, "10.0.0.1"],
  ["so is one that tells nonsense", "10.0.0.1", "unknown", "10.0.0.1"],
  ["a client of the private network is told by the first proxy", "10.0.0.1", "10.2.2.2", "10.2.2.2"],
  ["an IPv4 address in IPv6 form is that address", "10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"],
])("%s", (_, peer, forwardedFor, client) => {
  expect(findClient(peer, forwardedFor, proxies)).toBe(client);
});

test("an IPv4 address as an IPv6 socket tells it is written plainly", () => {
  expect(plainAddress("::ffff:192.0.2.1")).toBe("192.0.2.1");
  expect(plainAddress("2001:db8::1")).toBe("2001:db8::1");
});
