import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { formatAge } from "../terminal/format.ts";
import { formatTable } from "../terminal/table.ts";

export async function run(context: Context): Promise<Result> {
  const client = await context.client();
  const list = await client.workspaces();
  const text = formatTable(
    [
      { title: "WORKSPACE", paint: context.paint.bold },
      { title: "ID" },
      { title: "YOU ARE" },
      { title: "MADE" },
      { title: "" },
    ],
    list.workspaces.map(({ id, name, role, is_own: isOwn, created_at: createdAt }) => [
      name,
      id,
      role ?? "on single sites",
      formatAge(createdAt, context.world.now()),
      [isOwn ? "your own" : "", (client.workspaceId ?? (isOwn ? id : "")) === id ? "in use" : ""]
        .filter(Boolean)
        .join(", "),
    ]),
  );
  return { text, json: list };
}
