import type { Environment } from "#model";
import type { Api } from "#wire";
import type { ApiClient } from "../api-client.ts";
import { type ApprovalOptions, moveWithApproval } from "../await-approval.ts";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { ReleaseChoice } from "../option-values.ts";
import { formatAge, formatCount, formatDuration } from "../terminal/format.ts";
import { askChoice } from "../terminal/prompts.ts";

interface RollbackOptions extends ApprovalOptions {
  readonly to?: ReleaseChoice;
  readonly env: Environment;
  readonly name?: string;
}

/** So many releases are offered. */
const OFFERED = 50;

export async function run(context: Context, _: readonly unknown[], options: RollbackOptions): Promise<Result> {
  const { to, env, name } = options;
  const [project, client] = await Promise.all([context.site(name), context.client()]);
  const choice = to ?? (context.isInteractive ? await chooseRelease(context, client, project, env) : undefined);
  const rolled = await moveWithApproval(context, client, options, () =>
    client.rollback({ project, environment: env, ...choice }),
  );
  const before = rolled.previous_version === null ? "" : ` (was ${rolled.previous_version})`;
  const took = "duration_ms" in rolled ? ` in ${formatDuration(rolled.duration_ms)}` : "";
  context.report.step("Rolled back", `${env} to ${rolled.version}${before}${took}`);
  return { text: context.paint.cyan(rolled.url), json: rolled };
}

async function chooseRelease(
  context: Context,
  client: ApiClient,
  project: string,
  environment: Environment,
): Promise<ReleaseChoice> {
  const { items } = await client.history(project, OFFERED);
  const others = items.filter((item) => !item.deployed_to.includes(environment) && !item.removed_at);
  if (others.length === 0) {
    throw new Failure("not_found", `${project} has no other release to go back to.`, { next: "Deploy a second one." });
  }
  const nowMs = context.world.now();
  const version = await askChoice(
    context,
    `Point ${environment} of ${project} at which release?`,
    others.map((item) => ({ value: item.version, label: describe(item, nowMs) })),
  );
  return { version };
}

function describe(item: Api.HistoryItem, nowMs: number): string {
  const subject = (item.message ?? item.git_message ?? "").split("\n")[0]!;
  const parts = [item.version, formatAge(item.created_at, nowMs), formatCount(item.files_count, "file"), subject];
  return parts.filter(Boolean).join("  ");
}
