import { expect, test } from "bun:test";
import type { Api } from "#wire";
import { describeLine, progressOf } from "./describe-line.ts";

const at = "2026-02-03T12:00:00.000Z";
const planned: Api.DeployLine = {
  number: 1,
  at,
  kind: "planned",
  files: 3,
  bytes: 1500,
  missing_files: 1,
  missing_bytes: 1000,
};
const received = (number: number, bytes: number): Api.DeployLine => ({
  number,
  at,
  kind: "received",
  contents: 1,
  bytes,
});

test("each line is a sentence", () => {
  const lines: Api.DeployLine[] = [
    planned,
    { ...planned, missing_files: 0, missing_bytes: 0 },
    received(2, 400),
    { number: 3, at, kind: "committed", version: "v2" },
    { number: 4, at, kind: "released", environment: "prod", version: "v2", action: "release" },
  ];
  expect(lines.map(describeLine)).toEqual([
    "3 files, 1.5 kB: 1 content to send, 1.0 kB",
    "3 files, 1.5 kB: all contents are here already",
    "1 content, 400 B have come",
    "It is release v2",
    "prod serves v2",
  ]);
});

test("the progress is the share of the missing bytes that has come", () => {
  expect(progressOf([])).toBe(0);
  expect(progressOf([planned, received(2, 250), received(3, 500)])).toBe(0.75);
  expect(progressOf([planned, { number: 2, at, kind: "committed", version: "v1" }])).toBe(1);
});
