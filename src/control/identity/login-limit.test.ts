import { beforeEach, expect, test } from "bun:test";
import { SitepodError } from "#model";
import { createLoginLimit, type LoginLimit } from "./login-limit.ts";

/** Its counters are in memory: nothing is asked of its database. */
const ONE_PROCESS = { isShared: false } as Parameters<typeof createLoginLimit>[0];

let checked = 0;
beforeEach(() => {
  checked = 0;
});

/** As slow as a password hash, beside the others. */
async function wrong(): Promise<never> {
  checked++;
  await Bun.sleep(1);
  throw new SitepodError("unauthorized", "E-mail address and password do not match.");
}
const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => "done",
    (error) => error.code ?? error.message,
  );
const guess = (limit: LoginLimit, address: string) => codeOf(limit.attempt("ann@example.com", address, wrong));
const count = (codes: readonly string[], code: string) => codes.filter((other) => other === code).length;

test("guesses made at the same moment count like guesses made one after another", async () => {
  const limit = createLoginLimit(ONE_PROCESS);
  const codes = await Promise.all(Array.from({ length: 25 }, (_, i) => guess(limit, `192.0.2.${i}`)));
  expect([count(codes, "unauthorized"), count(codes, "rate_limited")]).toEqual([10, 15]);
  expect(checked).toBe(10);
});

test("the right password forgives the wrong ones, and a failure of the server counts for nothing", async () => {
  const limit = createLoginLimit(ONE_PROCESS);
  const broken = () => Promise.reject(new Error("broken"));
  for (let i = 0; i < 9; i++) expect(await guess(limit, "192.0.2.1")).toBe("unauthorized");
  for (let i = 0; i < 3; i++) expect(await codeOf(limit.attempt("ann@example.com", null, broken))).toBe("broken");
  expect(await limit.attempt("Ann@example.com", null, async () => "in")).toBe("in");
  for (let i = 0; i < 10; i++) expect(await guess(limit, "192.0.2.1")).toBe("unauthorized");
  expect(await guess(limit, "192.0.2.1")).toBe("rate_limited");
});

test("the addresses of one IPv6 network are one", async () => {
  const limit = createLoginLimit(ONE_PROCESS);
  const login = (i: number) => codeOf(limit.attempt(`${i}@example.com`, `2001:db8:1:2::${i}`, async () => "in"));
  const codes = await Promise.all(Array.from({ length: 31 }, (_, i) => login(i)));
  expect([count(codes, "done"), count(codes, "rate_limited")]).toEqual([30, 1]);
  expect(await codeOf(limit.attempt("z@example.com", "2001:db8:1:3::1", async () => "in"))).toBe("done");
});
