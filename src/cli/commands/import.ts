import { resolve } from "node:path";
import { openArchive, type Archive } from "../archive/open-archive.ts";
import { sendContents } from "../archive/send-contents.ts";
import type { Api } from "#wire";
import type { ApiClient } from "../api-client.ts";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { formatBytes, formatCount } from "../terminal/format.ts";

export async function run(
  context: Context,
  [file]: readonly (string | undefined)[],
  { name }: { name?: string },
): Promise<Result> {
  const { world, report } = context;
  const client = await context.client();
  const showRead = (bytes: number, allBytes: number) =>
    report.progress({ label: "Verifying", files: 0, allFiles: 1, bytes, allBytes });
  await using archive = await openArchive(resolve(world.cwd, file!), showRead, world.signal);
  const { releases, contents } = archive;
  const allBytes = contents.reduce((total, { size }) => total + size, 0);
  report.step("Verified", `${formatCount(releases.length, "release")}, ${formatBytes(allBytes)}`);
  const { import_id: id } = await client.beginImport({ project: name ?? archive.site, size: allBytes });
  const imported = await sendAndCommit(context, client, id, archive, allBytes).catch(async (error: unknown) => {
    // The server forgets at once what was sent, unless the site is there all the same.
    await client.abandonImport(id).catch(() => {});
    throw error;
  });
  report.step("Imported", `${imported.project} with ${formatCount(imported.releases, "release")}`);
  const isClosed = archive.isProtected || imported.environments.some((pointer) => pointer.is_protected);
  if (isClosed) report.warn("What was protected is closed to all: give it a password with `sitepod protect`.");
  return { text: imported.environments.map(({ url }) => context.paint.cyan(url)).join("\n"), json: imported };
}

async function sendAndCommit(
  { report }: Context,
  client: ApiClient,
  id: string,
  archive: Archive,
  allBytes: number,
): Promise<Api.ImportCommitted> {
  const { contents, releases, environments, isProtected } = archive;
  let [files, bytes] = [0, 0];
  await sendContents(client, id, archive, (sent) => {
    files += sent.length;
    for (const { size } of sent) bytes += size;
    report.progress({ label: "Sending", files, allFiles: contents.length, bytes, allBytes });
  });
  report.step("Sent", `${formatCount(files, "content")}, ${formatBytes(bytes)}`);
  return await client.commitImport(id, {
    releases: releases.map(({ record, pod }) => ({ ...record, manifest: pod.digest })),
    environments,
    protected: isProtected,
  });
}
