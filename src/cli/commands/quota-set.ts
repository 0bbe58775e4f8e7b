import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { LimitChoice } from "../option-values.ts";
import { formatQuota } from "../terminal/quota.ts";

interface QuotaSetOptions {
  readonly stored?: LimitChoice;
  readonly sites?: LimitChoice;
  readonly requests?: LimitChoice;
  readonly files?: LimitChoice;
  readonly fileSize?: LimitChoice;
  readonly deploySize?: LimitChoice;
}

export async function run(
  context: Context,
  [workspace]: readonly (string | undefined)[],
  { stored, sites, requests, files, fileSize, deploySize }: QuotaSetOptions,
): Promise<Result> {
  const told = {
    max_stored_size: stored,
    max_sites: sites,
    max_requests_per_minute: requests,
    max_files: files,
    max_file_size: fileSize,
    max_deploy_size: deploySize,
  };
  const limits = Object.fromEntries(Object.entries(told).filter(([, limit]) => limit !== undefined));
  if (Object.keys(limits).length === 0) {
    throw new Failure("usage", "No limit is named.", { next: "Add one, such as --stored 10GiB." });
  }
  const quota = await (await context.client()).setQuota(workspace!, limits);
  return { text: formatQuota(quota, context.paint), json: quota };
}
