import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";

export async function run(context: Context): Promise<Result> {
  const client = await context.client();
  const info = await client.whoAmI();
  const role = info.is_admin ? ", administrator" : "";
  return {
    text: `${context.paint.bold(info.email)} at ${client.endpoint}${role} (may: ${info.scopes.join(", ")})`,
    json: { ...info, endpoint: client.endpoint },
  };
}
