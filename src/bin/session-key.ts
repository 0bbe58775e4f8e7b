import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";

const KEY = /^[0-9a-f]{64}$/;

/** Reads the key that signs browser sessions. It is made at the first start, and kept so that a restart logs nobody out. */
export function readSessionKey(path: string): string {
  const key = readText(path);
  if (key !== undefined && KEY.test(key)) return key;
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
