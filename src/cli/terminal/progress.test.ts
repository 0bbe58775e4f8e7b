import { expect, test } from "bun:test";
import { formatPlainProgress, formatProgress } from "./progress.ts";
import { createPaint } from "./paint.ts";
import { createReport } from "./report.ts";
import { makeWorld } from "../test-world.ts";

const half = {
  label: "Uploading",
  files: 6,
  allFiles: 12,
  bytes: 5_000_000,
  allBytes: 10_000_000,
  elapsedMs: 2000,
};

test("the line shows how much is done, how fast, and how long it will take", () => {
  expect(formatProgress(half, 120)).toBe(
    "Uploading ━━━━━━━━━━━━────────────  6/12 files  5 MB of 10 MB  2.5 MB/s  2.0 s left",
  );
});

test("a rate is not guessed from the first moments", () => {
  expect(formatProgress({ ...half, elapsedMs: 900 }, 120)).not.toContain("/s");
});

test.each([100, 60, 40, 20, 1])("the line fits %d columns", (columns) => {
  expect(formatProgress(half, columns).length).toBeLessThan(columns);
});

test("files without bytes count too, and nothing is whole", () => {
  expect(formatPlainProgress({ ...half, bytes: 0, allBytes: 0 })).toBe("Uploading 6/12 files (50%)");
  expect(formatProgress({ ...half, files: 0, allFiles: 0, bytes: 0, allBytes: 0 }, 120)).toContain("━".repeat(24));
});

test("off a terminal, long work writes a line every five seconds, and short work none", () => {
  let nowMs = 0;
  const { world, stderr } = makeWorld();
  const report = createReport({ output: world.stderr, paint: createPaint(false), now: () => nowMs });
  for (nowMs = 0; nowMs <= 11_000; nowMs += 100) report.progress(half);
  expect(stderr.text).toBe("  Uploading 6/12 files (50%)\n".repeat(2));
  report.step("Uploaded", "12 files");
  expect(stderr.text).toBe("✓ Uploaded    12 files\n");
});

test("at a terminal the line is redrawn in place, and gone before the next step", () => {
  let nowMs = 1000;
  const { world, stderr } = makeWorld();
  const output = Object.assign(world.stderr, { isTTY: true, columns: 80 });
  const report = createReport({ output, paint: createPaint(false), now: () => nowMs });
  report.progress(half);
  nowMs += 10;
  report.progress(half);
  expect(stderr.text.split("\x1b[2K")).toHaveLength(2);
  report.step("Uploaded", "12 files");
  expect(stderr.text).toBe("\r\x1b[2K✓ Uploaded    12 files\n");
});
