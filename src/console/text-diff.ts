import { structuredPatch } from "diff";

/** One line of a comparison, numbered from 1 on the sides that have it. */
export interface DiffLine {
  readonly kind: "same" | "added" | "removed";
  readonly text: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
}
/** Lines that differ with some around them. */
export interface DiffHunk {
  readonly lines: readonly DiffLine[];
}

const CONTEXT_LINES = 3;
/** Texts that share almost nothing take forever to compare, and tell nobody anything. */
const TIMEOUT_MS = 1000;

/** Compares two texts line by line. Undefined where they differ too much for that. */
export function diffTexts(before: string, after: string): DiffHunk[] | undefined {
  const patch = structuredPatch("", "", before, after, "", "", { context: CONTEXT_LINES, timeout: TIMEOUT_MS });
  return patch?.hunks.map(({ oldStart, newStart, lines }) => ({ lines: number(lines, oldStart, newStart) }));
}

/** A line starts with its sign; one that starts with a backslash says that the text does not end with a line break. */
function number(lines: readonly string[], oldStart: number, newStart: number): DiffLine[] {
  let [before, after] = [oldStart, newStart];
  return lines.flatMap((line): DiffLine[] => {
    const text = line.slice(1);
    switch (line[0]) {
      case "+":
        return [{ kind: "added", text, before: undefined, after: after++ }];
      case "-":
        return [{ kind: "removed", text, before: before++, after: undefined }];
      case " ":
        return [{ kind: "same", text, before: before++, after: after++ }];
      default:
        return [];
    }
  });
}
