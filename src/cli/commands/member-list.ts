import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { meantWorkspace } from "../meant-workspace.ts";
import { formatAge } from "../terminal/format.ts";
import { formatTable } from "../terminal/table.ts";

export async function run(context: Context): Promise<Result> {
  const client = await context.client();
  const list = await client.members((await meantWorkspace(client)).id);
  const text = formatTable(
    [{ title: "MEMBER", paint: context.paint.bold }, { title: "ROLE" }, { title: "ON SITES" }, { title: "JOINED" }],
    list.members.map(({ email, role, sites, joined_at: joinedAt }) => [
      email,
      role ?? "",
      sites.map(({ project, role: siteRole }) => `${project} (${siteRole})`).join(", "),
      formatAge(joinedAt, context.world.now()),
    ]),
  );
  return { text, json: list };
}
