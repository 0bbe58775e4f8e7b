import ts from "typescript";
import { type Check, isCode, isTest, type SourceFile } from "./source-tree.ts";

interface Rule {
  readonly uses: RegExp;
  /** Where the rule holds. */
  readonly files: RegExp;
  readonly why: string;
}

const rules: readonly Rule[] = [
  {
    uses: /^(Date\.now|new Date\(\)|Math\.random|performance\.now|(crypto\.)?(randomUUID|getRandomValues|randomBytes))$/,
    files: /^src\/(model|wire|routing|diff)\//,
    why: "pure modules give the same answer to the same question: take time, randomness and ids as arguments",
  },
  {
    uses: /^import bun:sqlite$/,
    files: /^src\/(?!db\/)/,
    why: "only src/db knows the database: add a query there",
  },
  {
    uses: /^(process\.(env|exit)|Bun\.(env|serve|listen))$/,
    files: /^src\/(?!bin\/|console\/)/,
    why: "only src/bin reads the environment, opens ports and exits: take the value as an argument or return a code",
  },
  {
    uses: /^api\.\w+$/,
    files: /^src\/(control\/(?!api\/)|bin\/)/,
    why: "the schemas of the API are loaded by its first request, 8 MB that a server at rest does without: use types of Api",
  },
  {
    uses: /^(Bun(\..+)?|import bun(:.+)?)$/,
    files: /^src\/(model|wire|routing|diff|cli)\//,
    why: "the CLI runs on plain Node too: use node: modules and web standards",
  },
];

/** Some things are used in some folders only. Tests are free. */
export const checkForbiddenUses: Check = (files) =>
  files.flatMap((file) => {
    const held = rules.filter((rule) => rule.files.test(file.path));
    if (held.length === 0 || !isCode(file) || isTest(file)) return [];
    return findUses(file).flatMap(({ use, line }) =>
      held.filter((rule) => rule.uses.test(use)).map((rule) => `${file.path}:${line}: ${use}: ${rule.why}`),
    );
  });

/** Lists `a.b` accesses, called names, `new Date()` and imports, each once a place. Comments and strings do not count. */
function findUses(file: SourceFile): { use: string; line: number }[] {
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ESNext, true);
  const found: { use: string; line: number }[] = [];
  const add = (node: ts.Node, use: string) => {
    found.push({ use, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1 });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(
        node,
        `import ${node.arguments.map((argument) => (ts.isStringLiteral(argument) ? argument.text : "?")).join()}`,
      );
    }
    if (ts.isPropertyAccessExpression(node)) add(node, `${node.expression.getText()}.${node.name.text}`);
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) add(node, node.expression.text);
    if (ts.isNewExpression(node) && !node.arguments?.length) add(node, `new ${node.expression.getText()}()`);
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier))
      add(node, `import ${node.moduleSpecifier.text}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
