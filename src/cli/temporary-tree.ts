import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** What a test's folder holds: a file's text or bytes, or where a link leads. */
export type Tree = Readonly<Record<string, string | Uint8Array | { readonly link: string }>>;

export interface TemporaryFolder extends AsyncDisposable {
  /** Absolute. */
  readonly folder: string;
  write(tree: Tree): Promise<void>;
}

/** Makes a folder for a test, which is gone when the test is over. */
export async function makeTree(tree: Tree): Promise<TemporaryFolder> {
  const folder = await mkdtemp(join(tmpdir(), "sitepod-cli-"));
  const write = async (more: Tree) => {
    for (const [path, content] of Object.entries(more)) {
      const file = join(folder, path);
      await mkdir(dirname(file), { recursive: true });
      if (typeof content === "string" || content instanceof Uint8Array) await writeFile(file, content);
      else await symlink(content.link, file);
    }
  };
  await write(tree);
  return { folder, write, [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true, force: true }) };
}
