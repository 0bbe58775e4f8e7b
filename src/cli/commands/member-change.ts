import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { findMember, meantWorkspace } from "../meant-workspace.ts";
import { formatMembership, type MembershipOptions, readMembership } from "../membership.ts";

export async function run(
  context: Context,
  [email]: readonly (string | undefined)[],
  options: MembershipOptions,
): Promise<Result> {
  const membership = readMembership(options);
  const client = await context.client();
  const workspace = await meantWorkspace(client);
  const { user_id } = await findMember(client, workspace, email!);
  const member = await client.changeMember(workspace.id, user_id, membership);
  const text = `${context.paint.bold(member.email)} is ${formatMembership(member)} in ${workspace.name} now.`;
  return { text, json: member };
}
