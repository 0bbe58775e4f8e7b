import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { requireYes } from "../terminal/prompts.ts";

export async function run(context: Context, [named]: readonly (string | undefined)[]): Promise<Result> {
  const client = await context.client();
  const { tokens } = await client.tokens();
  const matches = tokens.filter(({ id, name }) => id === named || name === named);
  const [token] = matches;
  if (!token) {
    throw new Failure("not_found", `You have no token "${named}".`, { next: "`sitepod token list` shows them." });
  }
  if (matches.length > 1) {
    const ids = matches.map(({ id }) => id).join(", ");
    throw new Failure("usage", `You have ${matches.length} tokens "${named}".`, {
      next: `Name one by its id: ${ids}.`,
    });
  }
  await requireYes(
    context,
    `Revoke ${token.name} (${token.prefix}…)? What uses it stops working at once. There is no way back: make a new one.`,
  );
  await client.revokeToken(token.id);
  return { text: `${token.name} is revoked.`, json: { id: token.id, name: token.name, revoked: true } };
}
