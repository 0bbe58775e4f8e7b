import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** One import, export-from, dynamic import or require, type-only ones included. */
export interface Import {
  readonly specifier: string;
  /** The file it leads to, relative to the repository; absent for packages and built-in modules. */
  readonly target?: string;
}

/** A text file of the repository. `path` is relative to its root and `/`-separated. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

/** A check looks at all files and returns one message per fault: where, what, why, and how to mend it. */
export type Check = (files: readonly SourceFile[]) => string[];

/** Doors of the folders, as in package.json: `#store` → `src/store/mod.ts`. */
export type Doors = Readonly<Record<string, string>>;

export const repositoryRoot: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const folders = ["src", "scripts", "test", "bench", "docs", "examples", ".ci", "changelog"];
const notOurs = new Set(["node_modules", "dist", "cache", "fixtures"]);
const textFile = /\.(ts|mjs|js|svelte|css|html|md|json|jsonc|toml|yml|yaml|sh)$/;
const codeFile = /\.(ts|mjs|svelte)$/;

/** Reads the text files of the repository that people write, with their imports resolved. */
export function readTree(root: string = repositoryRoot): SourceFile[] {
  const doors = readDoors(root);
  return listFiles(root).map((path) => sourceFile(path, readFileSync(join(root, path), "utf8"), doors));
}

/** Parses one file, so that a check's own test can write its example as a literal. */
export function sourceFile(path: string, text: string, doors: Doors = {}): SourceFile {
  return { path, text, imports: codeFile.test(path) ? findImports(path, text, doors) : [] };
}

/** Tells whether the file holds code of ours. */
export function isCode(file: SourceFile): boolean {
  return codeFile.test(file.path);
}

/** Tells whether the file is a test. */
export function isTest(file: SourceFile): boolean {
  return file.path.endsWith(".test.ts");
}

function readDoors(root: string): Doors {
  const { imports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { imports: Doors };
  return Object.fromEntries(Object.entries(imports).map(([name, path]) => [name, posix.normalize(path)]));
}

function listFiles(root: string): string[] {
  const found = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile() && textFile.test(entry.name) && entry.name !== "package-lock.json")
    .map((entry) => entry.name);
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory() && !notOurs.has(entry.name)) walk(path);
      else if (entry.isFile() && textFile.test(entry.name)) found.push(path);
    }
  };
  const present = new Set(readdirSync(root));
  for (const folder of folders) if (present.has(folder)) walk(folder);
  return found.map((path) => relative(root, join(root, path)).split(sep).join("/")).toSorted();
}

function findImports(path: string, text: string, doors: Doors): Import[] {
  const scripts = path.endsWith(".svelte") ? text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g) : [[text, text]];
  return [...scripts].flatMap(([, code]) =>
    findSpecifiers(path, code ?? "").map((specifier) => {
      const target = resolve(path, specifier, doors);
      return target === undefined ? { specifier } : { specifier, target };
    }),
  );
}

function findSpecifiers(path: string, code: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isDynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
    if (isDynamic && node.arguments[0] && ts.isStringLiteral(node.arguments[0])) found.push(node.arguments[0].text);
    const isStatic = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
    if (isStatic && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier))
      found.push(node.moduleSpecifier.text);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
      found.push(node.argument.literal.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, code, ts.ScriptTarget.ESNext, false, ts.ScriptKind.TS));
  return found;
}

function resolve(from: string, specifier: string, doors: Doors): string | undefined {
  if (!specifier.startsWith(".")) return doors[specifier];
  return posix.join(posix.dirname(from), specifier.replace(/\?.*$/, ""));
}
