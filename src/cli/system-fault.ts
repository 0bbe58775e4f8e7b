import { Failure, errnoOf } from "./failure.ts";

/** What stands in the way of a system call, and what whoever runs the machine does about it. */
const FAULTS: Readonly<Record<string, (path: string) => readonly [message: string, next: string]>> = {
  EACCES: notAllowed,
  EPERM: notAllowed,
  EROFS: (path) => [`${path} is on a file system that can only be read.`, "Mount it so that it can be written."],
  EEXIST: noFolder,
  ENOTDIR: noFolder,
  ENOSPC: full,
  EDQUOT: full,
  EIO: (path) => [`The disk failed at ${path}.`, "The system's log tells more. Restore from a backup what is lost."],
};

/** Describes an error of the system, such as EACCES. Returns undefined where it is none, or says nothing to a person. */
export function systemFault(error: unknown): Failure | undefined {
  const describe = FAULTS[errnoOf(error) ?? ""];
  const path = (error as { path?: unknown } | null)?.path;
  if (!describe || typeof path !== "string") return undefined;
  const [message, next] = describe(path);
  return new Failure("failed", message, { next, cause: error });
}

function notAllowed(path: string): readonly [string, string] {
  return [
    `${path} may not be read or written by the user that runs this.`,
    "Run it as the user that the files belong to, or give them to the one that runs it, by chown.",
  ];
}

function noFolder(path: string): readonly [string, string] {
  return [`${path} is a file, or below one, where a folder belongs.`, "Move the file away, or name another folder."];
}

function full(path: string): readonly [string, string] {
  return [`There is no room left for ${path}.`, "Make room on its disk, then try again."];
}
