import { expect, test } from "bun:test";
import { parseAccess, withAccess } from "./access.ts";

const secret = "0a".repeat(32);
const password_hash = "$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA";

test.each([{ secret }, { password_hash, secret }])("%p is a protection", (value) => {
  expect(parseAccess(value)).toEqual(value);
});

test.each([
  undefined,
  null,
  true,
  "open",
  [[]],
  {},
  { secret: "" },
  { secret: secret.slice(1) },
  { secret: secret.toUpperCase() },
  { password_hash },
  { secret, password_hash: null },
  { secret, password_hash: "" },
  { secret, password_hash: "correct horse" },
  { secret, password_hash: "$2b$10$bcrypt" },
])("%p is none", (value) => {
  expect(parseAccess(value)).toBeUndefined();
});

test("a protection is put on a pointer, replaced and taken off, and nothing else of it changes", () => {
  const pointer: { version: number; access?: { secret: string } } = { version: 3 };
  const held = withAccess(pointer, { secret });
  expect(held).toEqual({ version: 3, access: { secret } });
  expect(withAccess(held, { secret: "0b".repeat(32) })).toEqual({ version: 3, access: { secret: "0b".repeat(32) } });
  expect(Object.keys(withAccess(held, undefined))).toEqual(["version"]);
});
