import type { Check, SourceFile } from "./source-tree.ts";

interface Limit {
  readonly starts: RegExp;
  readonly outOfReach: RegExp;
}

const limits: readonly Limit[] = [
  { starts: /^src\/serve\//, outOfReach: /^src\/(db|control|store|cli|pki)\// },
  // The process of an edge reads the store and certificates by itself, and must run where there is no control plane.
  { starts: /^src\/bin\/edge-(process|server)\.ts$/, outOfReach: /^src\/(db|control|cli)\// },
];

/** What serves requests reaches neither the database nor the control plane, not even through another module. */
export const checkDataPlane: Check = (files) => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const code = files.filter((file) => !file.path.endsWith(".test.ts"));
  const starts = limits.flatMap(({ starts, outOfReach }) =>
    code.filter((file) => starts.test(file.path)).map((start) => ({ start, outOfReach })),
  );
  return starts.flatMap(({ start, outOfReach }) => {
    const chain = findChain(start, byPath, outOfReach);
    if (chain === undefined) return [];
    return [
      `${start.path}: reaches ${chain.at(-1)} (${chain.join(" → ")}): sites must keep serving while the database is gone; ` +
        "hand in a reader or a function from src/bin instead",
    ];
  });
};

/** Returns the shortest chain of imports from `start` to a file out of reach, or undefined. */
function findChain(
  start: SourceFile,
  byPath: ReadonlyMap<string, SourceFile>,
  outOfReach: RegExp,
): string[] | undefined {
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
