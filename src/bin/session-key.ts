import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { SitepodError } from "#model";

const KEY = /^[0-9a-f]{64}$/;

export interface SessionKey {
  readonly key: string;
  /** Whether it was made now, and what there was before. */
  readonly made: "never" | "since-missing" | "since-damaged";
}

/**
 * Reads the key that signs browser sessions. It is made at the first start, and kept so that a restart logs nobody out; one that is
 * damaged is kept beside it, as `session.key.broken`. Throws SitepodError `unavailable` where it may not be read or written.
 */
export function readSessionKey(path: string): SessionKey {
  try {
    // An editor, or who puts it back by hand, ends it with a line.
    const key = readText(path)?.trim();
    if (key !== undefined && KEY.test(key)) return { key, made: "never" };
    if (key !== undefined) renameSync(path, `${path}.broken`);
    return { key: makeKey(path), made: key === undefined ? "since-missing" : "since-damaged" };
  } catch (cause) {
    throw new SitepodError(
      "unavailable",
      "The key of sessions cannot be read; sites keep serving. Mend its owner and rights, and restart the server.",
      { cause },
    );
  }
}

function makeKey(path: string): string {
  const made = randomBytes(32).toString("hex");
  const aside = `${path}.new`;
  const file = openSync(aside, "w", 0o600);
  writeSync(file, made);
  fsyncSync(file);
  closeSync(file);
  renameSync(aside, path);
  return made;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
}
