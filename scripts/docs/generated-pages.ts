import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../steps/run-command.ts";
import { type DecisionPage, decisionsPage } from "./decisions-page.ts";
import { formatPage } from "./format-page.ts";
import { type Figures, performancePage } from "./performance-page.ts";
import { writeReferencePages } from "./reference-pages.ts";

/** A page that is written by a program, and committed. */
export interface GeneratedPage {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** Writes every generated page, formatted, as it must stand in the repository. */
export async function writeGeneratedPages(): Promise<GeneratedPage[]> {
  const pages = [
    ...(await writeReferencePages()),
    { path: "docs/decisions/index.md", text: decisionsPage(readDecisions()) },
    { path: "docs/performance.md", text: performancePage(readFigures()) },
  ];
  return await Promise.all(pages.map(async ({ path, text }) => ({ path, text: await formatPage(path, text) })));
}

/** Reads the pages of docs/decisions that people write. */
export function readDecisions(): DecisionPage[] {
  const folder = join(root, "docs/decisions");
  return readdirSync(folder)
    .filter((name) => /^\d{3}-.+\.md$/.test(name))
    .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
}

function readFigures(): Figures | undefined {
  const file = join(root, "docs/performance.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Figures) : undefined;
}
