import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { formatAge } from "../terminal/format.ts";
import { formatTable } from "../terminal/table.ts";

export async function run(context: Context): Promise<Result> {
  const client = await context.client();
  const projects = await client.projects();
  if (projects.length === 0) return { text: "There is no site yet. Run `sitepod deploy`.", json: projects };
  const { paint, world } = context;
  const hasOwners = projects.some(({ owner_email: email }) => email !== undefined);
  const text = formatTable(
    [
      { title: "SITE", paint: paint.bold },
      { title: "ADDRESS", paint: paint.cyan },
      { title: "CHANGED" },
      ...(hasOwners ? [{ title: "OWNER" }] : []),
    ],
    projects.map(({ name, url, updated_at: updated, owner_email: owner }) => [
      name,
      url,
      formatAge(updated, world.now()),
      ...(hasOwners ? [owner ?? ""] : []),
    ]),
  );
  return { text, json: projects };
}
