import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { formatAge } from "../terminal/format.ts";
import { formatTable } from "../terminal/table.ts";

interface ApprovalListOptions {
  readonly all?: boolean;
  readonly name?: string;
}

export async function run(
  context: Context,
  _: readonly unknown[],
  { all, name }: ApprovalListOptions,
): Promise<Result> {
  const client = await context.client();
  const list = await client.approvals(name, all ?? false);
  const text = formatTable(
    [
      { title: "ID" },
      { title: "SITE", paint: context.paint.bold },
      { title: "MOVE" },
      { title: "ASKED BY" },
      { title: "ASKED" },
      { title: "STATE" },
      { title: "LOOK AT", paint: context.paint.cyan },
    ],
    list.approvals.map((approval) => [
      approval.id,
      approval.project,
      `${approval.environment} to ${approval.version}`,
      approval.requested_by ?? "",
      formatAge(approval.requested_at, context.world.now()),
      approval.state,
      approval.release_url,
    ]),
  );
  return { text: text || "Nothing waits for an approval.", json: list };
}
