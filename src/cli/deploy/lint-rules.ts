import { readFile } from "node:fs/promises";
import type { PodSettings } from "#model";
import { HEADERS_FILE, listWarnings, parseSiteRules, REDIRECTS_FILE } from "#routing";
import type { Api } from "#wire";
import type { Report } from "../terminal/report.ts";
import type { ScannedFile } from "./file-table.ts";

export type RuleWarnings = NonNullable<Api.CommitResponse["warnings"]>;

/** A terminal's height; whoever corrects these sees the others the next time. */
const MAX_SHOWN = 20;

/** Reads the rules among the files of a deploy and tells what is wrong with them, before anything is sent. */
export async function lintRules(files: Iterable<ScannedFile>, settings: PodSettings): Promise<RuleWarnings> {
  const texts = { redirects: "", headers: "" };
  for (const { path, file } of files) {
    if (path === REDIRECTS_FILE) texts.redirects = await readFile(file, "utf8");
    if (path === HEADERS_FILE) texts.headers = await readFile(file, "utf8");
  }
  // Only the server knows whether it asks others: it says so at commit.
  const warnings = listWarnings(parseSiteRules(texts, settings), true);
  return warnings.map(({ file, line, message }) => ({ file, line, message }));
}

/** Shows warnings as `_redirects:3: …`, except those that were shown before. */
export function showRuleWarnings(report: Report, warnings: RuleWarnings, shown: RuleWarnings = []): void {
  const before = new Set(shown.map(formatWarning));
  const texts = warnings.map(formatWarning).filter((text) => !before.has(text));
  for (const text of texts.slice(0, MAX_SHOWN)) report.warn(text);
  if (texts.length > MAX_SHOWN) report.warn(`… and ${texts.length - MAX_SHOWN} more`);
}

const formatWarning = ({ file, line, message }: RuleWarnings[number]): string => `${file}:${line}: ${message}`;
