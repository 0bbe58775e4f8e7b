/** Writes a page's title and what VitePress and its next editor should know of it. */
export const pageHead = (title: string, description: string, source: string): string =>
  [
    "---",
    `description: ${description}`,
    "editLink: false",
    "---",
    "",
    `<!-- Generated from ${source} by \`npm run docs\`. Change it there. -->`,
    "",
    `# ${title}`,
    "",
  ].join("\n");

export const heading = (level: number, text: string): string => `\n${"#".repeat(level)} ${text}\n`;

/** Writes text as code that VitePress leaves alone: `<name>` is no element and `{{` no expression there. */
export const code = (text: string): string => (text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``);

/** Writes a table; columns that are empty in every row are left out. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const used = head.map((_, column) => rows.some((row) => row[column] !== ""));
  const line = (cells: readonly string[]) =>
    `| ${cells
      .filter((_, column) => used[column])
      .map((cell) => cell.replaceAll("|", "\\|"))
      .join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""].join("\n");
}
