import type { Failure } from "../failure.ts";
import type { World } from "../world.ts";
import { createPaint, wantsColor } from "./paint.ts";
import { printable } from "./printable.ts";

/** So many faults are listed to a person. A machine gets them all. */
const SHOWN_FAULTS = 20;

/** Tells a failure: to people on standard error, to machines (`--json`) as the one document on standard output. */
export function showFailure(failure: Failure, argv: readonly string[], world: World): void {
  if (argv.includes("--json")) world.stdout.write(`${formatJson(failure)}\n`);
  else world.stderr.write(formatFailure(failure, wantsColor(world.stderr, world.env)));
  if (argv.includes("--debug")) world.stderr.write(`${printable(formatStack(failure))}\n`);
}

export function formatFailure({ message, faults, next }: Failure, isColored: boolean): string {
  const paint = createPaint(isColored);
  const more = faults.length - SHOWN_FAULTS;
  const lines = [
    `${paint.red("✗")} ${message}`,
    ...faults.slice(0, SHOWN_FAULTS).map((fault) => `  - ${fault}`),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    ...(next === undefined ? [] : next.split("\n").map((line) => `  ${line}`.trimEnd())),
  ];
  return `${printable(lines.join("\n"), paint)}\n`;
}

function formatJson({ code, message, faults, next, approvalId }: Failure): string {
  const full = [message, next].filter((part) => part !== undefined).join(" ");
  const more = { ...(faults.length > 0 ? { faults } : {}), ...(approvalId ? { approval_id: approvalId } : {}) };
  return JSON.stringify({ error: code, message: full, ...more }, undefined, 2);
}

function formatStack(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by: ${formatStack(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
