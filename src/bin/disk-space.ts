import { statfs } from "node:fs/promises";
import type { DiskSpace } from "#model";

/** What a process without special rights may still write, and all that there is. */
export async function readDiskSpace(folder: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { free: bavail * bsize, total: blocks * bsize };
}
