import { expect, test } from "bun:test";
import { formatTable } from "./table.ts";

test("columns are as wide as their widest cell, and lines do not end in spaces", () => {
  const text = formatTable(
    [{ title: "SITE" }, { title: "FILES", align: "right" }, { title: "WHAT" }],
    [
      ["a", "1", ""],
      ["café-site", "1,000", "x"],
    ],
  );
  expect(text).toBe("SITE       FILES  WHAT\na              1\ncafé-site  1,000  x");
});

test("colour does not change the widths", () => {
  const rows = [["a", "b"]];
  const plain = formatTable([{ title: "ONE" }, { title: "TWO" }], rows);
  const painted = formatTable([{ title: "ONE", paint: (text) => `\x1b[1m${text}\x1b[22m` }, { title: "TWO" }], rows);
  // eslint-disable-next-line no-control-regex
  expect(painted.replace(/\x1b\[[0-9]+m/g, "")).toBe(plain);
});

test("without titles there is no head, without rows nothing", () => {
  expect(formatTable([{ title: "" }], [["a"]])).toBe("a");
  expect(formatTable([{ title: "SITE" }], [])).toBe("");
});
