import { formatSize } from "#model";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { ofLimit } from "../terminal/quota.ts";
import { formatTable } from "../terminal/table.ts";

export async function run(context: Context): Promise<Result> {
  const client = await context.client();
  const list = await client.quotas();
  const { workspaces, server } = list;
  const row = (used: typeof server.used, limits: typeof server.limits) => [
    ofLimit(used.stored_size, limits.max_stored_size, formatSize),
    ofLimit(used.sites, limits.max_sites, String),
  ];
  const text = formatTable(
    [
      { title: "WORKSPACE", paint: context.paint.bold },
      { title: "OWNER" },
      { title: "STORED" },
      { title: "SITES" },
      { title: "LIMITS OF ITS OWN" },
    ],
    [
      ...workspaces.map(({ workspace, owner_email: owner, used, limits, set }) => [
        workspace,
        owner ?? "",
        ...row(used, limits),
        set.join(", "),
      ]),
      ["all", "", ...row(server.used, server.limits), ""],
    ],
  );
  return { text, json: list };
}
