import { type Check, type Import, isTest } from "./source-tree.ts";

/** Who may import whom among the folders of src/: the table of CONTRIBUTING.md. */
const table: Readonly<Record<string, readonly string[]>> = {
  model: [],
  wire: ["model"],
  routing: ["model"],
  diff: ["model"],
  store: ["model"],
  db: ["model"],
  pki: ["model"],
  upkeep: ["model", "store"],
  serve: ["model", "routing"],
  control: ["model", "wire", "routing", "diff", "store", "db", "pki"],
  cli: ["model", "wire", "routing", "diff"],
  console: ["model", "wire"],
  bin: ["model", "wire", "routing", "diff", "store", "db", "pki", "upkeep", "serve", "control", "cli"],
};

/** What tests are made of, in every folder. */
const testTools: readonly string[] = ["bun:test", "fast-check"];

/** Folders of src/ import one another by their doors only, and only as the table allows. */
export const checkImportTable: Check = (files) =>
  files.flatMap((file) => {
    const folder = folderOf(file.path);
    if (folder === undefined) return [];
    const allowed = table[folder];
    if (allowed === undefined) {
      return [
        `${file.path}: src/${folder} is not in the import table: add a row for it to test/tidy/import-table.ts first`,
      ];
    }
    return file.imports.flatMap((use) => {
      if (isTest(file) && testTools.includes(use.specifier)) return [];
      const fault = findFault(folder, allowed, use);
      return fault === undefined ? [] : [`${file.path}: imports ${use.specifier}: ${fault}`];
    });
  });

function findFault(folder: string, allowed: readonly string[], use: Import): string | undefined {
  if (use.target === undefined) {
    if (use.specifier.startsWith("#")) return "there is no such door in the imports of package.json";
    return folder === "model"
      ? "the model is pure: it imports nothing outside src/model, not even node: or bun:"
      : undefined;
  }
  const other = folderOf(use.target);
  if (other === undefined) {
    if (folder === "bin" || folder === "console") return undefined;
    return "only src/bin reads files outside src; hand the value in as an argument";
  }
  if (other === folder) {
    return use.specifier.startsWith("#")
      ? "inside a folder import ./file.ts, so that a folder never waits for its own door"
      : undefined;
  }
  if (!use.specifier.startsWith("#"))
    return `a folder's files are its own: import its door #${other} and export there what you need`;
  if (allowed.includes(other)) return undefined;
  const list = allowed.length > 0 ? allowed.join(", ") : "nothing";
  return `src/${folder} may import ${list}: move the code, or take what you need as an argument and wire it in src/bin`;
}

function folderOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}
