import { setTimeout } from "node:timers/promises";
import {
  type ApiClient,
  confirmWhereAsked,
  type Context,
  Failure,
  formatBytes,
  formatCount,
  formatTable,
  type Result,
} from "#cli";
import type { Api } from "#wire";

interface GcOptions {
  readonly dryRun?: boolean;
  readonly status?: boolean;
}

type Run = NonNullable<Api.GarbageState["collection"]>;

/** How often a collection under way is asked how far it is. */
const LOOK_EVERY_MS = 1000;

export async function run(context: Context, _: readonly unknown[], options: GcOptions): Promise<Result> {
  if (options.dryRun && options.status) throw new Failure("usage", "--dry-run and --status do not go together.");
  const client = await context.operator();
  if (options.status) {
    const state = await client.garbage();
    return { text: state.collection ? formatRun(state.collection) : "Garbage was never collected.", json: state };
  }
  if (!options.dryRun) await confirmLoss(context, client);
  const over = new AbortController();
  const collecting = client.collectGarbage(options.dryRun ?? false).finally(() => over.abort());
  if (!options.dryRun) void showProgress(context, client, over.signal);
  try {
    const collected = await collecting;
    const ending = collected.errors.length > 0 ? ({ ending: "failed" } as const) : {};
    return { text: format(context, collected), json: collected, ...ending };
  } finally {
    context.report.clear();
  }
}

/** Names the releases that would go for good, where somebody is there to be told. Contents that nothing has are nobody's loss. */
async function confirmLoss(context: Context, client: ApiClient): Promise<void> {
  if (!context.isInteractive) return;
  const trial = await client.collectGarbage(true);
  if (trial.removed_releases === 0) return;
  context.report.note(formatReleases(context, trial));
  const releases = formatCount(trial.removed_releases, "release");
  await confirmWhereAsked(context, `Remove ${releases} for good, with what nothing else has? There is no way back.`);
}

const LABELS: Readonly<Record<Run["phase"], string>> = {
  releases: "Releases",
  names: "Reading",
  contents: "Removing",
  done: "Done",
};

/** What cannot be told is told the next time: the collection itself says what is wrong. */
async function showProgress({ report }: Context, client: ApiClient, over: AbortSignal): Promise<void> {
  for (;;) {
    await setTimeout(LOOK_EVERY_MS, undefined, { signal: over }).catch(() => {});
    if (over.aborted) return;
    const { collection } = await client.garbage().catch(() => ({ collection: null }));
    if (collection === null || over.aborted) continue;
    const { phase, done, total_blobs: files } = collection;
    report.progress({ label: LABELS[phase], files, allFiles: Math.round(files / (done || 1)), bytes: 0, allBytes: 0 });
  }
}

function format(context: Context, collected: Api.Collected): string {
  const { dry_run: isTrial, releases, errors } = collected;
  const { paint } = context;
  const summary = `${formatCount(collected.removed_releases, "release")} and ${formatContents(collected)}`;
  return [
    ...(releases.length === 0 ? [] : [formatReleases(context, collected)]),
    isTrial ? `Would remove ${summary}. Nothing was removed.` : `${paint.green("✓")} Removed ${summary}.`,
    ...errors.map((error) => `${paint.red("✗")} ${error.charAt(0).toUpperCase()}${error.slice(1)}.`),
  ].join("\n");
}

const formatReleases = ({ paint }: Context, { releases }: Api.Collected): string =>
  formatTable(
    [{ title: "SITE", paint: paint.bold }, { title: "RELEASES" }],
    releases.map(({ project, versions }) => [project, formatVersions(versions)]),
  );

const formatContents = ({ deleted_blobs, total_blobs, freed_bytes }: Api.Collected | Run): string =>
  `${deleted_blobs.toLocaleString("en-US")} of ${formatCount(total_blobs, "content")} (${formatBytes(freed_bytes)})`;

const SHOWN_VERSIONS = 10;

function formatVersions(versions: readonly string[]): string {
  if (versions.length <= SHOWN_VERSIONS) return versions.join(", ");
  return `${versions.slice(0, SHOWN_VERSIONS - 1).join(", ")}, … ${versions.at(-1)} (${versions.length})`;
}

const STATES: Readonly<Record<Run["state"], string>> = {
  running: "Under way",
  done: "Done",
  stopped: "Ended early",
  cut_off: "Cut off; the next goes on where it was",
};

function formatRun(run: Run): string {
  const { state, phase, done, begun_at: begun, fault } = run;
  const place =
    state === "done" ? "" : `, at ${LABELS[phase].toLowerCase()}, ${Math.floor(done * 100)}% of the contents`;
  return [
    `${STATES[state]}, begun ${begun}${place}: removed ${formatCount(run.removed_releases, "release")} and ${formatContents(run)}.`,
    ...(fault === null ? [] : [fault]),
  ].join("\n");
}
