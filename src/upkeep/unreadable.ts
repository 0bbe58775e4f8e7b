/** What keeps a file that is there from being read, and what whoever runs the machine does about it; by the system's word for it. */
const PROBLEMS: Readonly<Record<string, (path: string) => string>> = {
  EACCES: notAllowed,
  EPERM: notAllowed,
  EIO: (path) => `cannot be read, as the disk fails at ${path}: the system's log tells more`,
  EISDIR: (path) => `is a folder: move ${path} away`,
};

/**
 * Says why what lies under a key cannot be read, as the rest of a sentence that begins with the key. Undefined for errors
 * that are of no one file.
 */
export function problemOfReading(error: unknown, key: string): string | undefined {
  const { code, path } = (error ?? {}) as { readonly code?: unknown; readonly path?: unknown };
  return PROBLEMS[String(code)]?.(typeof path === "string" ? path : key);
}

function notAllowed(path: string): string {
  return `may not be read by the user that runs this: give ${path} to the server's user by chown, and let it read by chmod u+r`;
}

/** Reads by `read`; where that fails at the file, calls `tell` with why, and returns undefined. Without `tell` that is thrown. */
export async function readUnless<T>(
  read: () => Promise<T>,
  key: string,
  tell: ((problem: string) => void) | undefined,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const problem = problemOfReading(error, key);
    if (!tell || problem === undefined) throw error;
    tell(problem);
    return undefined;
  }
}
