import { formatTable } from "./markdown.ts";

/** A page of docs/decisions: its file's name and its text. */
export interface DecisionPage {
  readonly name: string;
  readonly text: string;
}

/** Writes the list of the decisions, by number. */
export function decisionsPage(pages: readonly DecisionPage[]): string {
  const rows = pages
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map(({ name, text }) => [name.slice(0, 3), `[${titleOf(text)}](./${name})`]);
  return [
    "---",
    "description: One page for each runtime dependency and each hard choice.",
    "---",
    "",
    "<!-- Generated from the pages beside it by `npm run docs`. -->",
    "",
    "# Decisions",
    "",
    "One page for each runtime dependency and each hard choice: what, why, what was measured, and when to think again.",
    "Find a better part, measure it, and write the page.",
    "",
    formatTable(["no.", "decision"], rows),
  ].join("\n");
}

const titleOf = (text: string): string => /^# (.+)$/m.exec(text)?.[1] ?? "";
