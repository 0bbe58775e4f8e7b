import { api } from "./api.ts";
import { diffFiles, type FileChange } from "./diff-files.ts";

/** Finds what differs between two releases of a site; undefined where there is nothing to compare with. */
export async function findChanges(site: string, from: string | null, to: string): Promise<FileChange[] | undefined> {
  if (from === null) return undefined;
  const [before, after] = await Promise.all([api.files(site, from), api.files(site, to)]);
  return diffFiles(before, after);
}
