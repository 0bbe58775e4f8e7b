import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseSitepodToml, type SitepodToml } from "#wire";
import { errnoOf, Failure } from "../failure.ts";

export const PROJECT_FILE = "sitepod.toml";

/** A project: a folder with a `sitepod.toml`, and what that says. */
export interface Project {
  /** Absolute. */
  readonly folder: string;
  readonly toml: SitepodToml;
}

/**
 * Finds the project that a folder belongs to: the nearest `sitepod.toml` in it or above. Undefined where there is none.
 * Throws a Failure of `usage` with every fault of the file.
 */
export async function findProject(folder: string): Promise<Project | undefined> {
  const file = join(folder, PROJECT_FILE);
  const text = await readIfThere(file);
  if (text === undefined) {
    const parent = dirname(folder);
    return parent === folder ? undefined : await findProject(parent);
  }
  const parsed = parseSitepodToml(text);
  if (parsed.ok) return { folder, toml: parsed.value };
  throw new Failure("usage", `${file} is not right:`, { code: "invalid", faults: parsed.faults });
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new Failure("failed", `${file} cannot be read (${code}).`, { cause: error });
  }
}
