import { expect, test } from "bun:test";
import { opensLocks } from "./basic-auth.ts";

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
const ann = { user: "ann", password: "a:b" };
const bob = { user: "bob", password: "c" };

test.each([
  [basic("ann:a:b"), [[ann]], true],
  [basic("bob:c"), [[ann, bob]], true],
  [basic("bob:c"), [[ann, bob], [bob]], true],
  [basic("ann:a:b"), [[ann, bob], [bob]], false],
  [basic("ann:a:b"), [[]], false],
  [basic("ann:a"), [[ann]], false],
  [basic(""), [[ann]], false],
  [`${basic("ann:a:b")}, Basic x`, [[ann]], false],
  [null, [[ann]], false],
  [null, [], true],
])("%j opens %j: %p", (authorization, locks, opens) => {
  expect(opensLocks(authorization, locks)).toBe(opens);
});
