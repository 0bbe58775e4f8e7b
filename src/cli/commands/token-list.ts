import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { formatAge } from "../terminal/format.ts";
import { formatTable } from "../terminal/table.ts";

export async function run(context: Context): Promise<Result> {
  const client = await context.client();
  const list = await client.tokens();
  const age = (iso: string | null) => (iso === null ? "never" : formatAge(iso, context.world.now()));
  const text = formatTable(
    [
      { title: "LABEL", paint: context.paint.bold },
      { title: "ID" },
      { title: "SITE" },
      { title: "MAY" },
      { title: "CREATED" },
      { title: "USED" },
      { title: "EXPIRES" },
    ],
    list.tokens.map((token) => [
      token.name,
      token.id,
      token.project ?? "all",
      [token.scopes.join(", "), ...(token.environments ?? [])].join(" to "),
      age(token.created_at),
      age(token.last_used_at),
      age(token.expires_at),
    ]),
  );
  return { text: text || "There is no token.", json: list };
}
