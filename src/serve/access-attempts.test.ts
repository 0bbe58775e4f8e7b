import { expect, test } from "bun:test";
import { createAttempts, MAX_PENDING_ATTEMPTS } from "./access-attempts.ts";

test("passwords are checked one at a time, and only so many wait", async () => {
  const attempts = createAttempts(() => 0);
  let running = 0;
  let most = 0;
  const check = async () => {
    most = Math.max(most, ++running);
    await Bun.sleep(1);
    running--;
    return true;
  };
  const all = await Promise.all(
    Array.from({ length: MAX_PENDING_ATTEMPTS + 4 }, (_, i) => attempts.run(`192.0.2.${i}`, "docs prod", check)),
  );
  expect(most).toBe(1);
  expect(all.filter(({ kind }) => kind === "checked")).toHaveLength(MAX_PENDING_ATTEMPTS);
  expect(all.at(-1)).toEqual({ kind: "refused", retryAfterS: 2 });
  expect(await attempts.run("192.0.2.99", "docs prod", check)).toEqual({ kind: "checked", isRight: true });
});

test("a check that fails lets the next one run", async () => {
  const attempts = createAttempts(() => 0);
  await expect(attempts.run(null, "docs prod", () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(await attempts.run(null, "docs prod", async () => false)).toEqual({ kind: "checked", isRight: false });
});
