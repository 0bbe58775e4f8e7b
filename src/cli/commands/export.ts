import { createWriteStream, existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { openArchive } from "../archive/open-archive.ts";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { formatBytes, formatCount } from "../terminal/format.ts";

interface ExportOptions {
  readonly name?: string;
  readonly output?: string;
}

export async function run(
  context: Context,
  [named]: readonly (string | undefined)[],
  { name, output }: ExportOptions,
): Promise<Result> {
  const { world, report, flags } = context;
  const site = await context.site(named ?? name);
  const file = resolve(world.cwd, output ?? `${site}.oci.tar`);
  if (existsSync(file) && !flags.yes) {
    throw new Failure("conflict", `${file} is there already.`, { next: "Name another with --output, or add --yes." });
  }
  const client = await context.client();
  const aside = `${file}.part`;
  try {
    let bytes = 0;
    const count = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        report.progress({ label: "Exporting", files: 0, allFiles: 1, bytes, allBytes: bytes });
        yield chunk;
      }
    };
    await pipeline(count(await client.exportSite(site)), createWriteStream(aside, { mode: 0o600 }));
    await using archive = await openArchive(aside, () => {}, world.signal);
    await rename(aside, file);
    const releases = archive.releases.length;
    report.step("Exported", `${formatCount(releases, "release")}, ${formatBytes(bytes)}, verified`);
    return { text: file, json: { project: archive.site, file, releases, bytes } };
  } finally {
    await rm(aside, { force: true });
  }
}
