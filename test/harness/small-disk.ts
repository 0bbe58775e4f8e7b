import { rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "./temporary-folder.ts";

/** A disk of the test's own: a tmpfs, so that a file system fills up whose size is known to the page. */
export interface SmallDisk extends AsyncDisposable {
  /** Where it is mounted. */
  readonly path: string;
  /** Writes a file that leaves so many bytes free, whole pages of them, in the place of an earlier one. */
  fill(freeBytes: number): Promise<void>;
  /** Removes that file. */
  empty(): Promise<void>;
}

const PAGE_BYTES = 4096;

/** Why a test can mount nothing here; undefined where it can. */
export const mountsAreMissing: string | undefined =
  process.platform !== "linux" ? "not Linux" : await findFault(["unshare", "--mount", "true"]);

/** Mounts an empty disk of so many bytes. */
export async function mountSmallDisk(bytes: number): Promise<SmallDisk> {
  await using cleanup = new AsyncDisposableStack();
  const { path } = cleanup.use(await temporaryFolder());
  const fault = await findFault(["mount", "-t", "tmpfs", "-o", `size=${bytes},mode=0700`, "tmpfs", path]);
  if (fault !== undefined) throw new Error(fault);
  cleanup.defer(async () => void (await findFault(["umount", "--lazy", path])));
  const filler = join(path, "filler");
  const owned = cleanup.move();
  return {
    path,
    async fill(freeBytes) {
      await rm(filler, { force: true });
      const { bavail, bsize } = await statfs(path);
      const pages = Math.floor((bavail * bsize - freeBytes) / PAGE_BYTES);
      await writeFile(filler, new Uint8Array(Math.max(0, pages) * PAGE_BYTES));
    },
    empty: () => rm(filler, { force: true }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Runs a command. Returns what it says against it where it fails. */
async function findFault(command: readonly string[]): Promise<string | undefined> {
  if (Bun.which(command[0]!) === null) return `${command[0]} is not installed`;
  const child = Bun.spawn([...command], { stdio: ["ignore", "ignore", "pipe"] });
  const said = await new Response(child.stderr).text();
  return (await child.exited) === 0 ? undefined : said.trim() || `${command[0]} failed`;
}
