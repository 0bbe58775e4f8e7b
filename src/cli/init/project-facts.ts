import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProjectFacts } from "./frameworks.ts";

const LOOKED_INTO = ["docs", "public", "dist", "build"];

/** Looks at a project's folder. What cannot be read shows nothing. */
export async function readProjectFacts(folder: string): Promise<ProjectFacts> {
  const list = async (inner: string) => await readdir(join(folder, inner)).catch(() => [] as string[]);
  const [top, manifest, ...inner] = await Promise.all([
    list("."),
    readManifest(join(folder, "package.json")),
    ...LOOKED_INTO.map(async (name) => (await list(name)).map((child) => `${name}/${child}`)),
  ]);
  const { name, dependencies, devDependencies } = manifest;
  return {
    names: new Set([...top, ...inner.flat()]),
    dependencies: new Set(Object.keys({ ...objectOf(dependencies), ...objectOf(devDependencies) })),
    packageName: typeof name === "string" && name !== "" ? name : undefined,
  };
}

async function readManifest(file: string): Promise<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return {};
  }
}

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
