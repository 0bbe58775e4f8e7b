import { isCode, type SourceFile } from "./source-tree.ts";

/** Lines. */
const limit = 300;

/**
 * Files stay short enough to be read at one go. `longFiles` names those that are not yet, with their lines; it may
 * shrink and never grow.
 */
export function checkFileLength(files: readonly SourceFile[], longFiles: Readonly<Record<string, number>>): string[] {
  const lengths = new Map(files.filter(isCode).map((file) => [file.path, countLines(file.text)]));
  const tooLong = [...lengths].flatMap(([path, lines]) => {
    const most = longFiles[path] ?? limit;
    if (lines <= most) return [];
    return [
      `${path}: ${lines} lines, at most ${most}: a file holds one concept; move the second one to a file of its own`,
    ];
  });
  const outdated = Object.entries(longFiles).flatMap(([path, most]) => {
    const lines = lengths.get(path) ?? 0;
    if (lines === most && lines > limit) return [];
    if (lines > most) return [];
    const now = lines > limit ? `set it to ${lines}` : "remove it";
    return [`test/tidy/long-files.json: ${path} has ${lines} lines now: ${now}, as the list may only shrink`];
  });
  return [...tooLong, ...outdated];
}

function countLines(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}
