import { expect, test } from "bun:test";
import { checkFree, openPort } from "./port-in-use.ts";

test("a port that is in use is refused with what to do", () => {
  using taken = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port } = taken;
  expect(() => openPort(port!, () => checkFree(port!, "127.0.0.1"))).toThrow(
    `Port ${port} is in use. Stop what listens there`,
  );
});

// 192.0.2.0/24 is for documentation alone: RFC 5737.
test.each(["192.0.2.1", "999.1.1.1"])("%s, which is none of this machine's addresses, is told as that", (hostname) => {
  using free = Bun.serve({ port: 0, fetch: () => new Response() });
  const port = free.port!;
  expect(() => openPort(port, () => checkFree(port, hostname))).toThrow("--host is none of this machine's addresses");
});

test("a port that needs rights is told with how to give them", () => {
  const denied = () => {
    throw Object.assign(new Error("Failed to listen"), { code: "EACCES" });
  };
  expect(() => openPort(80, denied)).toThrow("CAP_NET_BIND_SERVICE");
});
