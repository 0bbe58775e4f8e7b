export interface Column {
  readonly title: string;
  readonly align?: "right";
  /** Colours a cell after it is padded. */
  readonly paint?: (text: string) => string;
}

/** Writes rows under titles, in columns as wide as their widest cell. No rows, no text. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const titled = columns.some(({ title }) => title !== "");
  const widths = columns.map(({ title }, i) => Math.max(...[title, ...rows.map((row) => row[i] ?? "")].map(width)));
  const line = (cells: readonly string[], isPainted: boolean) =>
    columns
      .map(({ align, paint }, i) => {
        const space = " ".repeat(widths[i]! - width(cells[i] ?? ""));
        const cell = isPainted && paint ? paint(cells[i] ?? "") : (cells[i] ?? "");
        if (align === "right") return space + cell;
        return i === columns.length - 1 ? cell : cell + space;
      })
      .join("  ")
      .trimEnd();
  const head = titled
    ? [
        line(
          columns.map(({ title }) => title),
          false,
        ),
      ]
    : [];
  return [...head, ...rows.map((row) => line(row, true))].join("\n");
}

const width = (text: string): number => [...text].length;
