import { expect, test } from "bun:test";
import { makeWorld } from "../test-world.ts";
import { createPaint, wantsColor } from "./paint.ts";

test("colour is for terminals, unless NO_COLOR or a dumb terminal says otherwise", () => {
  const { world } = makeWorld();
  expect(wantsColor(world.stdout, {})).toBe(false);
  const terminal = Object.assign(world.stdout, { isTTY: true });
  expect(wantsColor(terminal, { TERM: "xterm" })).toBe(true);
  expect(wantsColor(terminal, { NO_COLOR: "1" })).toBe(false);
  expect(wantsColor(terminal, { TERM: "dumb" })).toBe(false);
});

test("text without colour is the text", () => {
  expect(createPaint(false).red("x")).toBe("x");
  expect(createPaint(true).red("x")).toBe("\x1b[31mx\x1b[39m");
});
