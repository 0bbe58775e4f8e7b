import type { Check, SourceFile } from "./source-tree.ts";

/** No file imports itself through others: such files cannot be understood, tested or loaded one by one. */
export const checkImportCycles: Check = (files) => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const faults: string[] = [];
  const visit = (file: SourceFile, chain: readonly string[]): void => {
    const start = chain.indexOf(file.path);
    if (start >= 0) {
      const cycle = [...chain.slice(start), file.path].join(" → ");
      faults.push(`${file.path}: import cycle: ${cycle}: move what both need into a file of its own`);
      return;
    }
    if (done.has(file.path)) return;
    for (const { target } of file.imports) {
      const next = target === undefined ? undefined : byPath.get(target);
      if (next !== undefined) visit(next, [...chain, file.path]);
    }
    done.add(file.path);
  };
  for (const file of files) visit(file, []);
  return faults;
};
