import { expect, test } from "bun:test";
import { nextInterval } from "./browser-login.ts";
import { Failure } from "./failure.ts";

const refused = (code: string) => new Failure("failed", "As the server says.", { code });

test("who is not let in yet asks again after the same time, or slower where the server says so", () => {
  expect(nextInterval(refused("authorization_pending"), 2)).toBe(2);
  expect(nextInterval(refused("slow_down"), 2)).toBe(7);
  expect(nextInterval(new Failure("unreachable", "It does not answer."), 2)).toBe(4);
});

test("a refusal, a code that has expired and everything else end it", () => {
  expect(() => nextInterval(refused("access_denied"), 2)).toThrow("It was refused in the browser.");
  expect(() => nextInterval(refused("expired_token"), 2)).toThrow("Nobody has let it in in time.");
  expect(() => nextInterval(refused("invalid"), 2)).toThrow("As the server says.");
  expect(() => nextInterval(new TypeError("a bug"), 2)).toThrow("a bug");
});
