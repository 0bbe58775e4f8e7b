import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { formatBytes, formatCount, formatDuration } from "../terminal/format.ts";
import { type HashedFile, hashFiles } from "./hash.ts";
import { createIgnore } from "./ignore.ts";
import { type Scan, scanFolder } from "./scan.ts";
import type { Source } from "./source.ts";
import { readStatCache, statCacheFile, writeStatCache } from "./stat-cache.ts";

interface ReadOptions {
  readonly allowCaseCollisions: boolean;
  readonly wantsSha256: boolean;
}

/** Scans and hashes a folder, telling how far it is. Throws a Failure with every fault of the folder. */
export async function readFolder(
  context: Context,
  { folder, shown, ignore }: Source,
  options: ReadOptions,
): Promise<readonly HashedFile[]> {
  const { world, report } = context;
  const { signal } = world;
  const scannedMs = world.now();
  const scan = await scanFolder(folder, { ...options, isIgnored: createIgnore(ignore), signal });
  requireFiles(scan, shown);

  const cacheFile = statCacheFile(world.env, world.home, folder);
  const allBytes = scan.files.reduce((sum, { size }) => sum + size, 0);
  let [files, bytes] = [0, 0];
  const hashing = await hashFiles(scan.files, {
    cache: await readStatCache(cacheFile),
    wantsSha256: options.wantsSha256,
    signal,
    onHashed: ({ size }) => {
      [files, bytes] = [files + 1, bytes + size];
      report.progress({ label: "Hashing", files, allFiles: scan.files.length, bytes, allBytes });
    },
  });
  requireNoFaults(shown, [...scan.faults, ...hashing.faults]);
  if (hashing.read > 0) await writeStatCache(cacheFile, hashing.files, scannedMs);

  const known = hashing.read === 0 ? "all known" : `${hashing.read.toLocaleString("en-US")} read`;
  const took = formatDuration(world.now() - scannedMs);
  report.step("Scanned", `${formatCount(files, "file")}, ${formatBytes(allBytes)} in ${shown} (${known}, ${took})`);
  return hashing.files;
}

function requireFiles({ files, ignored, faults }: Scan, shown: string): void {
  if (files.length > 0 || faults.length > 0) return;
  const left = ignored > 0 ? `: ${formatCount(ignored, "entry", "entries")} left out by \`deploy.ignore\`` : "";
  throw new Failure("failed", `There is nothing to deploy in ${shown}${left}.`, {
    code: "empty",
    next: "Run your build first, or name another folder.",
  });
}

function requireNoFaults(shown: string, faults: readonly string[]): void {
  if (faults.length === 0) return;
  throw new Failure("failed", `${shown} cannot be deployed; nothing was sent.`, { code: "invalid", faults });
}
