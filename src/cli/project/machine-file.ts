import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { formatMachineConfig, type MachineConfig, parseMachineConfig } from "#wire";
import { errnoOf, Failure } from "../failure.ts";

/** Only its owner may read the file: it holds a token. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

export const machineFile = (home: string): string => join(home, ".sitepod", "config.toml");

/** Reads `~/.sitepod/config.toml`. Empty where there is none. Throws a Failure of `usage` where it is not right. */
export async function readMachineConfig(home: string): Promise<MachineConfig> {
  const file = machineFile(home);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return { endpoint: undefined, token: undefined };
    throw new Failure("failed", `${file} cannot be read (${errnoOf(error)}).`, { cause: error });
  }
  const parsed = parseMachineConfig(text);
  if (parsed.ok) return parsed.value;
  throw new Failure("usage", `${file} is not right:`, {
    code: "invalid",
    faults: parsed.faults,
    next: "Correct it, or remove it and run `sitepod login`.",
  });
}

/** Replaces the file in one step. */
export async function writeMachineConfig(home: string, config: MachineConfig): Promise<void> {
  const file = machineFile(home);
  await mkdir(dirname(file), { recursive: true, mode: FOLDER_MODE });
  const aside = `${file}.new`;
  await writeFile(aside, formatMachineConfig(config), { mode: FILE_MODE });
  await rename(aside, file);
}
