import { chmod, cp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./repository.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A version of the program that is not released yet. */
export interface NewerVersion extends AsyncDisposable {
  /** What starts it. */
  readonly program: string;
}

export const NEXT_MIGRATION = "9998-next";

/** What the rule for migrations allows: the version before reads and writes all that it knows, as before. */
const MIGRATION = `
import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("sites").addColumn("next_note", "text").execute();
  await db.schema.createTable("next_things").addColumn("id", "text", (column) => column.primaryKey()).execute();
}
`;

/** Makes it of this source and one more migration. It runs from its source, so nothing is built. */
export async function makeNewerVersion(): Promise<NewerVersion> {
  await using cleanup = new AsyncDisposableStack();
  const folder = cleanup.use(await temporaryFolder());
  const copy = (name: string) => cp(join(root, name), join(folder.path, name), { recursive: true });
  await Promise.all(["src", "package.json", "tsconfig.json", "examples"].map(copy));
  for (const name of ["node_modules", "dist"]) await symlink(join(root, name), join(folder.path, name));
  const migrations = join(folder.path, "src", "db", "migrations");
  await writeFile(join(migrations, `${NEXT_MIGRATION}.ts`), MIGRATION);
  const list = await readFile(join(migrations, "mod.ts"), "utf8");
  const longer = list.replace(/^};$/m, `  "${NEXT_MIGRATION}": next,\n};`);
  await writeFile(join(migrations, "mod.ts"), `import * as next from "./${NEXT_MIGRATION}.ts";\n${longer}`);
  const program = join(folder.path, "sitepod");
  const source = join(folder.path, "src", "bin", "sitepod.ts");
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${source}' "$@"\n`);
  await chmod(program, 0o755);
  const owned = cleanup.move();
  return { program, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
