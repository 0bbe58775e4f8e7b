import { describe, expect, test } from "bun:test";
import type { Api } from "#wire";
import { findPromotable, findRollbackTarget, isRollback } from "./move.ts";

const log = (...versions: string[]) => versions.map((version) => ({ version }) as Api.HistoryItem);
const move = (from: string | null, to: string) => ({ environment: "prod" as const, from, to, pointerVersion: 1 });

describe("a move", () => {
  test("to an older release is a rollback, compared as numbers", () => {
    expect(isRollback(move("v10", "v9"))).toBe(true);
  });

  test("to a newer release is none", () => {
    expect(isRollback(move("v9", "v10"))).toBe(false);
  });

  test("of an empty environment is none", () => {
    expect(isRollback(move(null, "v1"))).toBe(false);
  });
});

describe("a rollback is offered to", () => {
  test("the newest release before the served one", () => {
    expect(findRollbackTarget("v12", log("v12", "v10", "v9"))).toBe("v10");
  });

  test("an older one still, after a rollback", () => {
    expect(findRollbackTarget("v10", log("v10", "v12", "v10", "v9"))).toBe("v9");
  });

  test("nothing where the environment has served nothing older", () => {
    expect(findRollbackTarget("v3", log("v3", "v5"))).toBeUndefined();
  });
});

test.each([
  [undefined, "v1", "v1"],
  ["v9", "v10", "v10"],
  ["v3", "v3", undefined],
  ["v4", "v3", undefined],
  ["v4", undefined, undefined],
])("with %p on prod and %p on beta, %p is offered for promotion", (prod, beta, offered) => {
  expect(findPromotable(prod, beta)).toBe(offered);
});
