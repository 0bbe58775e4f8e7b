import { findOld } from "#diff";
import { type Digest, formatVersion, parseVersion, type Retention } from "#model";
import type { Api } from "#wire";
import type { ApiClient } from "../api-client.ts";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { formatCount } from "../terminal/format.ts";
import { confirmWhereAsked } from "../terminal/prompts.ts";

/** The longest list that the server gives. */
const MAX_LISTED = 200;

interface RetentionOptions {
  readonly keep?: number;
  readonly days?: number;
  readonly all?: boolean;
  readonly default?: boolean;
  readonly name?: string;
}

export async function run(context: Context, _: readonly unknown[], options: RetentionOptions): Promise<Result> {
  const { keep, days } = options;
  requireOneWish(options);
  const [project, client] = await Promise.all([context.site(options.name), context.client()]);
  if (options.default) return show(context, project, await client.dropRetention(project), true);
  if (options.all || keep !== undefined || days !== undefined) {
    if (!options.all) await confirmLoss(context, client, project, { releases: keep ?? null, days: days ?? null });
    const wanted = { keep_releases: keep ?? null, keep_days: days ?? null };
    return show(context, project, await client.setRetention(project, wanted), true);
  }
  const { retention } = await client.project(project);
  if (retention) return show(context, project, retention, false);
  throw new Failure("failed", "This server keeps all releases: it is of an older version.");
}

/** Names the releases that the rules would have removed, where somebody is there to be told. */
async function confirmLoss(context: Context, client: ApiClient, project: string, rules: Retention): Promise<void> {
  if (!context.isInteractive) return;
  const { items } = await client.history(project, MAX_LISTED);
  const kept = items.flatMap(({ version, content_hash, created_at, removed_at }) =>
    removed_at ? [] : [{ version: parseVersion(version)!, manifest: content_hash as Digest, created_at }],
  );
  const old = findOld(kept, rules, context.world.now()).map(({ version }) => formatVersion(version));
  if (old.length === 0) return;
  const which = old.length === 1 ? old[0] : `${formatCount(old.length, "release")} (${old[0]} to ${old.at(-1)})`;
  await confirmWhereAsked(
    context,
    `Have ${which} of ${project} removed for good when the server next collects? What environments and previews show stays.`,
  );
}

function requireOneWish({ keep, days, all, default: isDefault }: RetentionOptions): void {
  const wishes = [
    ...(keep === undefined && days === undefined ? [] : [keep === undefined ? "--days" : "--keep"]),
    ...(all ? ["--all"] : []),
    ...(isDefault ? ["--default"] : []),
  ];
  if (wishes.length > 1) throw new Failure("usage", `${wishes.join(" and ")} do not go together.`);
}

function show({ report }: Context, project: string, retention: Api.Retention, isNew: boolean): Result {
  const { keep_releases: keep, keep_days: days, is_default: isDefault } = retention;
  const rules = [
    ...(keep === null ? [] : [keep === 1 ? "the newest release" : `the ${formatCount(keep, "newest release")}`]),
    ...(days === null ? [] : [`those of the last ${formatCount(days, "day")}`]),
  ];
  const what = rules.length === 0 ? "all releases" : rules.join(" and ");
  if (isNew && rules.length > 0) {
    report.note(
      "What environments and previews show is kept too. Others go when the server next removes what is not kept.",
    );
  }
  return { text: `${project} keeps ${what}${isDefault ? ", as the server says" : ""}.`, json: retention };
}
