import { expect, test } from "bun:test";
import { printable } from "./printable.ts";

test("what others have sent does nothing to a terminal", () => {
  expect(printable("\x1b[2Jgone\r\n\x9b31m\u202eback <b>ä😀</b>")).toBe(
    "\\u{1b}[2Jgone\\u{d}\n\\u{9b}31m\\u{202e}back <b>ä😀</b>",
  );
});
