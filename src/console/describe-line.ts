import type { Api } from "#wire";
import { formatBytes, formatCount } from "./format/bytes.ts";

/** Says a line of a deploy's log to a person. */
export function describeLine(line: Api.DeployLine): string {
  switch (line.kind) {
    case "planned":
      return `${formatCount(line.files, "file")}, ${formatBytes(line.bytes)}: ${describeMissing(line)}`;
    case "received":
      return line.contents === 0
        ? `${formatBytes(line.bytes)} have come`
        : `${formatCount(line.contents, "content")}, ${formatBytes(line.bytes)} have come`;
    case "committing":
      return "Making it durable";
    case "committed":
      return `It is release ${line.version}`;
    case "warned":
      return `${line.file}, line ${line.line}: ${line.message}`;
    case "failed":
      return line.message;
    case "released":
      return `${line.environment} ${line.action === "rollback" ? "is back at" : "serves"} ${line.version}`;
    default:
      return line satisfies never;
  }
}

const describeMissing = (line: Extract<Api.DeployLine, { kind: "planned" }>): string =>
  line.missing_files === 0
    ? "all contents are here already"
    : `${formatCount(line.missing_files, "content")} to send, ${formatBytes(line.missing_bytes)}`;

/** What share of what has to be sent has come, from 0 to 1; 1 where it is committed. */
export function progressOf(lines: readonly Api.DeployLine[]): number {
  const planned = lines.find((line) => line.kind === "planned");
  if (!planned) return 0;
  if (lines.some((line) => line.kind === "committed")) return 1;
  if (planned.missing_bytes === 0) return 1;
  const received = lines.reduce((sum, line) => sum + (line.kind === "received" ? line.bytes : 0), 0);
  return Math.min(received / planned.missing_bytes, 1);
}
