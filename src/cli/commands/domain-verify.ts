import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";

export async function run(context: Context, [domain]: readonly (string | undefined)[]): Promise<Result> {
  const client = await context.client();
  const { verified, message, ...rest } = await client.verifyDomain(domain!);
  if (!verified) {
    throw new Failure("failed", message, {
      code: "not_verified",
      next: "DNS changes may take some minutes to arrive.",
    });
  }
  return { text: message, json: { ...rest, verified, message } };
}
