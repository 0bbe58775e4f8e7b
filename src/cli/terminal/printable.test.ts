import { describe, expect, test } from "bun:test";
import { runCli } from "../mod.ts";
import { makeWorld } from "../test-world.ts";
import { createPaint, type Paint } from "./paint.ts";
import { printable } from "./printable.ts";

test("what others have sent does nothing to a terminal", () => {
  expect(printable("\x1b[2Jgone\r\n\x9b31m\u202eback\t<b>ä😀</b> 👩\u200d🔧")).toBe(
    "\\u{1b}[2Jgone\\u{d}\n\\u{9b}31m\\u{202e}back\t<b>ä😀</b> 👩\u200d🔧",
  );
  expect(printable("\x1b[31mred")).toBe("\\u{1b}[31mred");
});

test("a paint's own colours stay where it colours, and no other sequences", () => {
  const paint = createPaint(true);
  const styles = Object.keys(paint).filter((key): key is Exclude<keyof Paint, "isColored"> => key !== "isColored");
  for (const style of styles) expect(printable(paint[style]("x"), paint)).toBe(paint[style]("x"));
  expect(printable("\x1b[8mhidden\x1b[31m", paint)).toBe("\\u{1b}[8mhidden\x1b[31m");
  expect(printable("\x1b[31m", createPaint(false))).toBe("\\u{1b}[31m");
});

describe("what a command shows", () => {
  const HOSTILE = "\x1b]0;owned\x07";
  const SHOWN = "\\u{1b}]0;owned\\u{7}";

  test.each([
    [
      "a result",
      200,
      { tokens: [{ name: HOSTILE, prefix: "sitepod_ab", scopes: ["read"], created_at: "2026-01-01" }] },
    ],
    ["a failure", 409, { error: "conflict", message: HOSTILE }],
  ])("is printable: %s", async (_, status, body) => {
    const { world, stdout, stderr } = makeWorld({ answer: () => Response.json(body, { status }) });
    await runCli(["token", "list"], world);
    const shown = stdout.text + stderr.text;
    expect(shown).toContain(SHOWN);
    expect(shown).not.toContain("\x1b");
  });

  test("is printable: a step", async () => {
    const { world, stderr } = makeWorld({ answer: () => Response.json({ environment: HOSTILE, preview: null }) });
    await runCli(["protect", "-n", "shop", "--off"], world);
    expect(stderr.text).toContain(SHOWN);
  });
});
