import { findChanges } from "#diff";
import { findLookalikes, totalSize } from "#model";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { formatBytes, formatCount, formatDuration } from "../terminal/format.ts";
import type { FileList, HashedFile } from "./file-table.ts";
import { hashFiles } from "./hash.ts";
import { createIgnore } from "./ignore.ts";
import { type Scan, scanFolder } from "./scan.ts";
import { createSteps, inSteps } from "./large-folder.ts";
import type { Before } from "./make-plan.ts";
import type { Source } from "./source.ts";
import type { Deployed } from "./cache-table.ts";
import { readStatCache, statCacheFile, writeStatCache } from "./stat-cache.ts";

/** So many pairs of paths that look the same are shown. */
const MAX_SHOWN = 20;

interface ReadOptions {
  readonly allowCaseCollisions: boolean;
  readonly wantsSha256: boolean;
}

/** A folder as it is, and as it was when it was deployed the last time. */
export interface ReadFolder {
  readonly files: FileList<HashedFile>;
  /** Undefined where that is not known. */
  readonly before: Before | undefined;
  /** Remembers the files' hashes, and the pod that they have become where they have. */
  remember(deployed: Deployed | undefined): Promise<void>;
}

/** Scans and hashes a folder, telling how far it is. Throws a Failure with every fault of the folder. */
export async function readFolder(
  context: Context,
  { folder, shown, ignore }: Source,
  options: ReadOptions,
): Promise<ReadFolder> {
  const { world, report } = context;
  const { signal } = world;
  const scannedMs = world.now();
  const scan = await scanFolder(folder, { ...options, isIgnored: createIgnore(ignore), signal });
  requireFiles(scan, shown);

  const cacheFile = statCacheFile(world.env, world.home, folder);
  const allBytes = totalSize(scan.files);
  let [files, bytes] = [0, 0];
  const cache = await readStatCache(cacheFile);
  const step = createSteps(world);
  const hashing = await hashFiles(scan.files, {
    cache,
    wantsSha256: options.wantsSha256,
    signal,
    onHashed: ({ size }) => {
      [files, bytes] = [files + 1, bytes + size];
      step();
      report.progress({ label: "Hashing", files, allFiles: scan.files.length, bytes, allBytes });
    },
  });
  requireNoFaults(shown, [...scan.faults, ...hashing.faults]);

  const known = hashing.read === 0 ? "all known" : `${hashing.read.toLocaleString("en-US")} read`;
  const took = formatDuration(world.now() - scannedMs);
  const left = scan.ignored > 0 ? `; ${formatCount(scan.ignored, "entry", "entries")} left out by deploy.ignore` : "";
  const text = `${formatCount(files, "file")}, ${formatBytes(allBytes)} in ${shown} (${known}, ${took})${left}`;
  report.step("Scanned", text);
  const lookalikes = findLookalikes(scan.files.paths);
  for (const text of lookalikes.slice(0, MAX_SHOWN)) report.warn(text);
  if (lookalikes.length > MAX_SHOWN) report.warn(`… and ${lookalikes.length - MAX_SHOWN} more`);
  const { deployed: last } = cache;
  const before = last && { deployed: last, changes: findChanges(cache.contents, inSteps(hashing.files, step)) };
  return {
    files: hashing.files,
    before,
    async remember(deployed) {
      const isNews = deployed !== undefined && !isSame(deployed, last);
      if (hashing.read > 0 || isNews) await writeStatCache(cacheFile, hashing.files, scannedMs, deployed);
    },
  };
}

const isSame = (a: Deployed, b: Deployed | undefined): boolean =>
  a.endpoint === b?.endpoint && a.site === b.site && a.content_hash === b.content_hash;

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
