import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { register } from "../test/harness/account.ts";
import { startServer } from "../test/harness/server.ts";
import { temporaryFolder } from "../test/harness/temporary-folder.ts";
import { deploy, LIMITS, MIB, peakMemory, writeSmallFiles } from "./deploy-tree.ts";

/** What a large deploy may use is told beside what the small one does. */
export const [SMALL_DEPLOY, LARGE_DEPLOY] = [20_000, 250_000];

/** MiB of memory that each end used at most. */
export interface DeployMemory {
  readonly files: number;
  readonly server_peak_mib: number;
  readonly command_line_peak_mib: number;
}

/** Deploys a tree of small files for the first time, with one changed and with none, to a server of its own. */
export async function measureDeployMemory(scratch: string, files: number): Promise<DeployMemory> {
  const tree = join(scratch, `memory-${files}`);
  await writeSmallFiles(tree, files);
  await using home = await temporaryFolder();
  await using server = await startServer({ env: LIMITS });
  const access = { endpoint: server.url, token: (await register(server.url)).token };
  let commandLine = 0;
  for (const page of ["first", "changed", "changed"]) {
    await writeFile(join(tree, "index.html"), page);
    commandLine = Math.max(commandLine, await deploy(access, home.path, tree));
  }
  const server_peak_mib = Math.round((await peakMemory(server.pid)) / MIB);
  await rm(tree, { recursive: true });
  return { files, server_peak_mib, command_line_peak_mib: Math.round(commandLine / MIB) };
}
