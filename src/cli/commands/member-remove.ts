import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { findMember, meantWorkspace } from "../meant-workspace.ts";
import { requireYes } from "../terminal/prompts.ts";

export async function run(context: Context, [email]: readonly (string | undefined)[]): Promise<Result> {
  const client = await context.client();
  const workspace = await meantWorkspace(client);
  const { user_id } = await findMember(client, workspace, email!);
  await requireYes(
    context,
    `Remove ${email} from ${workspace.name}? Their tokens for it stop working at once, for good. They are back only by a ` +
      "new invitation; what they released stays.",
  );
  const removed = await client.removeMember(workspace.id, user_id);
  return { text: removed.message, json: { ...removed, user_id } };
}
