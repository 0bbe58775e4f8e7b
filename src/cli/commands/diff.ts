import type { Environment } from "#model";
import { diffPods, type PodDiff } from "#diff";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { readFolder } from "../deploy/read-folder.ts";
import { chooseSource } from "../deploy/source.ts";
import { Failure } from "../failure.ts";
import { parseReleaseChoice } from "../option-values.ts";
import { formatBytes, formatCount } from "../terminal/format.ts";
import { formatTable } from "../terminal/table.ts";

interface DiffOptions {
  readonly env: Environment;
  readonly name?: string;
}

export async function run(
  context: Context,
  [from, to]: readonly (string | undefined)[],
  options: DiffOptions,
): Promise<Result> {
  const sides =
    from === undefined ? await folderAndEnvironment(context, options) : await twoReleases(context, from, to, options);
  const diff = diffPods(sides.before, sides.after);
  return { text: format(context, diff), json: { from: sides.from, to: sides.to, ...diff } };
}

interface Sides {
  readonly from: string;
  readonly to: string;
  readonly before: readonly { path: string; hash: string; size: number }[];
  readonly after: readonly { path: string; hash: string; size: number }[];
}

async function twoReleases(
  context: Context,
  from: string,
  to: string | undefined,
  { name }: DiffOptions,
): Promise<Sides> {
  if (to === undefined) {
    throw new Failure("usage", "The second release is missing.", { next: "Write two, such as `sitepod diff v1 v2`." });
  }
  const [left, right] = [parseReleaseChoice(from), parseReleaseChoice(to)];
  const [site, client] = await Promise.all([context.site(name), context.client()]);
  const [before, after] = await Promise.all([client.files(site, left), client.files(site, right)]);
  return { from: before.version, to: after.version, before: before.files, after: after.files };
}

async function folderAndEnvironment(context: Context, { env, name }: DiffOptions): Promise<Sides> {
  const [site, client, source] = await Promise.all([
    context.site(name),
    context.client(),
    chooseSource(context, undefined),
  ]);
  const [served, local] = await Promise.all([
    client.files(site, { environment: env }),
    readFolder(context, source, { allowCaseCollisions: true, wantsSha256: false }),
  ]);
  await local.remember(undefined);
  const after = local.files.map(({ path, digest, size }) => ({ path, hash: digest, size }));
  return { from: `${env} (${served.version})`, to: source.shown, before: served.files, after };
}

function format({ paint }: Context, { added, changed, removed, unchanged }: PodDiff): string {
  const rows = [
    ...added.map(({ path, size }) => ["+", path, formatBytes(size)]),
    ...changed.map(({ path, size, previous_size: previous }) => [
      "~",
      path,
      `${formatBytes(previous)} → ${formatBytes(size)}`,
    ]),
    ...removed.map(({ path, size }) => ["-", path, formatBytes(size)]),
  ];
  const paints = { "+": paint.green, "~": paint.yellow, "-": paint.red };
  const sign = (text: string) => paints[text as keyof typeof paints](text);
  const table = formatTable([{ title: "", paint: sign }, { title: "" }, { title: "", align: "right" }], rows);
  const counts = [
    formatCount(added.length, "added", "added"),
    formatCount(changed.length, "changed", "changed"),
    formatCount(removed.length, "removed", "removed"),
    formatCount(unchanged, "unchanged", "unchanged"),
  ];
  return table === "" ? `No difference: ${formatCount(unchanged, "file")}.` : `${table}\n\n${counts.join(", ")}`;
}
