import type { Environment } from "#model";
import type { Api } from "#wire";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { formatAge, formatBytes } from "../terminal/format.ts";
import { formatTable } from "../terminal/table.ts";

interface HistoryOptions {
  readonly limit: number;
  readonly env?: Environment;
  readonly name?: string;
}

const MAX_SUBJECT_LENGTH = 50;

export async function run(context: Context, _: readonly unknown[], options: HistoryOptions): Promise<Result> {
  const [project, client] = await Promise.all([context.site(options.name), context.client()]);
  const history = await client.history(project, options.limit, options.env);
  if (history.items.length === 0) {
    const where = options.env === undefined ? "" : ` to ${options.env}`;
    return { text: `Nothing has been released${where} yet. Run \`sitepod deploy\`.`, json: history };
  }
  return { text: format(context, history.items), json: history };
}

function format({ paint, world }: Context, items: readonly Api.HistoryItem[]): string {
  const nowMs = world.now();
  return formatTable(
    [
      { title: "RELEASE", paint: paint.bold },
      { title: "SERVED AS", paint: paint.green },
      { title: "WHEN" },
      { title: "FILES", align: "right" },
      { title: "SIZE", align: "right" },
      { title: "COMMIT", paint: paint.dim },
      { title: "WHAT" },
    ],
    items.map((item) => [
      item.version,
      item.removed_at ? "removed" : item.deployed_to.join(", "),
      formatAge(item.deployed_at ?? item.created_at, nowMs) + (item.action === "rollback" ? " (rollback)" : ""),
      item.files_count.toLocaleString("en-US"),
      formatBytes(item.total_size),
      item.git_commit?.slice(0, 7) ?? "",
      shorten((item.message ?? item.git_message ?? "").split("\n")[0]!),
    ]),
  );
}

const shorten = (text: string) =>
  text.length > MAX_SUBJECT_LENGTH ? `${text.slice(0, MAX_SUBJECT_LENGTH - 1)}…` : text;
