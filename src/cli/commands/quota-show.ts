import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { formatQuota } from "../terminal/quota.ts";

export async function run(context: Context): Promise<Result> {
  const quota = await (await context.client()).quota();
  return { text: formatQuota(quota, context.paint), json: quota };
}
