import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { formatAge } from "../terminal/format.ts";
import { formatTable } from "../terminal/table.ts";

interface AuditOptions {
  readonly limit: number;
  readonly actor?: string;
  readonly action?: string;
  /** ISO 8601. */
  readonly since?: string;
  readonly name?: string;
}

export async function run(context: Context, _: readonly unknown[], options: AuditOptions): Promise<Result> {
  const { limit, actor, action, since, name } = options;
  const client = await context.client();
  const list = await client.audit({ limit, actor, action, since, project: name });
  const text = formatTable(
    [
      { title: "WHEN" },
      { title: "WHO", paint: context.paint.bold },
      { title: "WHAT" },
      { title: "SITE" },
      { title: "ON" },
      { title: "TOKEN" },
      { title: "FROM" },
    ],
    list.events.map((event) => [
      formatAge(event.at, context.world.now()),
      event.actor ?? "",
      event.action,
      event.project ?? "",
      event.target ?? "",
      event.token ?? "",
      event.address ?? "",
    ]),
  );
  return { text: text || "Nothing has happened.", json: list };
}
