import type { Check, SourceFile } from "./source-tree.ts";

const outOfReach = /^src\/(db|control|store|cli|pki)\//;

/** What serves requests reaches neither the database nor anything that writes, not even through another module. */
export const checkDataPlane: Check = (files) => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const starts = files.filter((file) => file.path.startsWith("src/serve/") && !file.path.endsWith(".test.ts"));
  return starts.flatMap((start) => {
    const chain = findChain(start, byPath);
    if (chain === undefined) return [];
    return [
      `${start.path}: reaches ${chain.at(-1)} (${chain.join(" → ")}): sites must keep serving while the database is gone; ` +
        "hand a reader to src/serve from src/bin",
    ];
  });
};

/** Returns the shortest chain of imports from `start` to a file out of reach, or undefined. */
function findChain(start: SourceFile, byPath: ReadonlyMap<string, SourceFile>): string[] | undefined {
  const seen = new Set([start.path]);
  const queue: string[][] = [[start.path]];
  for (const chain of queue) {
    const last = chain.at(-1) ?? "";
    if (outOfReach.test(last)) return chain;
    for (const { target } of byPath.get(last)?.imports ?? []) {
      if (target === undefined || seen.has(target)) continue;
      seen.add(target);
      queue.push([...chain, target]);
    }
  }
  return undefined;
}
