import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { meantWorkspace } from "../meant-workspace.ts";
import { formatMembership } from "../membership.ts";
import { formatAge } from "../terminal/format.ts";
import { formatTable } from "../terminal/table.ts";

export async function run(context: Context): Promise<Result> {
  const client = await context.client();
  const list = await client.invitations((await meantWorkspace(client)).id);
  const text = formatTable(
    [
      { title: "ID" },
      { title: "FOR", paint: context.paint.bold },
      { title: "AS" },
      { title: "BY" },
      { title: "EXPIRES" },
    ],
    list.invitations.map((invitation) => [
      invitation.id,
      invitation.email ?? "whoever has the link",
      formatMembership(invitation),
      invitation.invited_by ?? "",
      formatAge(invitation.expires_at, context.world.now()),
    ]),
  );
  return { text: text || "There is no open invitation.", json: list };
}
