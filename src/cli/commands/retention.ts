import type { Api } from "#wire";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { formatCount } from "../terminal/format.ts";

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
    const wanted = { keep_releases: keep ?? null, keep_days: days ?? null };
    return show(context, project, await client.setRetention(project, wanted), true);
  }
  const { retention } = await client.project(project);
  if (retention) return show(context, project, retention, false);
  throw new Failure("failed", "This server keeps all releases: it is of an older version.");
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
