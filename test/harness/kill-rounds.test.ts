import { expect, test } from "bun:test";
import { KILLS, killTally } from "./kill-rounds.ts";

test("servers and commands are killed 300 times in all", () => {
  const rounds = Object.values(KILLS).flatMap((share) => Object.values(share));
  expect(rounds.reduce((total, count) => total + count, 0)).toBe(300);
});

test("a tally tells which steps were hit too seldom", () => {
  const tally = killTally();
  tally.add(["plan", "plan", "commit"]);
  tally.add(["plan"]);
  expect(tally.missed(["plan", "commit", "release"], 2)).toEqual(["commit", "release"]);
});
