import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./repository.ts";
import { startProcess } from "./running-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitUntil } from "./wait-until.ts";

type Operation = "write" | "fsync" | "create" | "rename" | "link" | "unlink";

/** What a disk does wrong. */
export interface DiskFaults {
  /** These fail … */
  readonly fail?: readonly Operation[];
  /** … with this. */
  readonly errno?: "EIO" | "ENOSPC" | "EDQUOT";
  /** These take so long. */
  readonly delay?: readonly Operation[];
  readonly delay_ms?: number;
}

/** A disk, by FUSE, that fails and is slow where the test wants it. */
export interface FaultyDisk extends AsyncDisposable {
  /** Where it is mounted. */
  readonly path: string;
  /** From now on it does this wrong, and nothing else. */
  inject(faults: DiskFaults): Promise<void>;
}

/** Debian's own: it has the bindings to FUSE. */
const PYTHON = "/usr/bin/python3";

/** Why no such disk can be mounted here; undefined where one can. */
export const faultyDiskIsMissing: string | undefined = await findFault();

export async function mountFaultyDisk(): Promise<FaultyDisk> {
  await using cleanup = new AsyncDisposableStack();
  const folder = cleanup.use(await temporaryFolder());
  const [kept, path, faults] = ["kept", "mounted", "faults.json"].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(kept);
  await mkdir(path);
  const inject = async (next: DiskFaults) => {
    await writeFile(`${faults}.new`, JSON.stringify(next));
    await rename(`${faults}.new`, faults);
  };
  await inject({});
  const command = [PYTHON, join(root, "test/lab/faulty-disk.py"), kept, path, faults];
  const running = cleanup.use(startProcess(command, { cwd: folder.path }));
  cleanup.defer(
    async () =>
      void (await Bun.spawn(["fusermount3", "-u", "-z", path], { stdio: ["ignore", "ignore", "ignore"] }).exited),
  );
  await writeFile(join(kept, "is-mounted"), "");
  await waitUntil("the disk is mounted", () => Bun.file(join(path, "is-mounted")).exists(), {
    describe: () => running.output(),
  });
  const owned = cleanup.move();
  return { path, inject, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function findFault(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return "not root";
  if (Bun.which("fusermount3") === null) return "fusermount3 is not installed";
  const child = Bun.spawn([PYTHON, "-c", "import fusepy; open('/dev/fuse').close()"], {
    stdio: ["ignore", "ignore", "ignore"],
  });
  return (await child.exited) === 0
    ? undefined
    : "Python's bindings to FUSE are not installed, or there is no /dev/fuse";
}
