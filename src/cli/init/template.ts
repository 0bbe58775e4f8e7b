import { type Setting, SITEPOD_TOML_SETTINGS } from "#wire";

const LINE_LENGTH = 98;

/** Writes a `sitepod.toml` that says the name and the folder, and shows the rest as comments. */
export function formatProjectFile(name: string, directory: string): string {
  const given = new Map([
    ["project.name", name],
    ["build.directory", directory],
  ]);
  let table = "";
  const lines: string[] = [];
  for (const setting of SITEPOD_TOML_SETTINGS) {
    const { key } = setting;
    const dot = key.lastIndexOf(".");
    const value = given.get(key);
    if (key.slice(0, dot) !== table) {
      table = key.slice(0, dot);
      const isUsed = [...given.keys()].some((used) => used.startsWith(`${table}.`));
      lines.push("", isUsed ? `[${table}]` : `# [${table}]`);
    }
    lines.push(
      ...comment(setting),
      `${value === undefined ? "# " : ""}${key.slice(dot + 1)} = ${literal(setting, value)}`,
    );
  }
  return `${lines.slice(1).join("\n")}\n`;
}

/** Texts, numbers and lists of texts are written alike in TOML and JSON. */
const literal = (setting: Setting, value: string | undefined) =>
  Array.isArray(setting.example)
    ? `[${setting.example.map((item) => JSON.stringify(item)).join(", ")}]`
    : JSON.stringify(value ?? setting.default ?? setting.example);

function comment({ doc }: Setting): string[] {
  const lines = ["#"];
  for (const word of doc.split(" ")) {
    if (`${lines.at(-1)} ${word}`.length > LINE_LENGTH) lines.push("#");
    lines[lines.length - 1] += ` ${word}`;
  }
  return lines;
}
