import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { meantWorkspace } from "../meant-workspace.ts";
import { formatMembership, type MembershipOptions, readMembership } from "../membership.ts";
import { formatAge } from "../terminal/format.ts";

interface InviteOptions extends MembershipOptions {
  /** Seconds. */
  readonly ttl: number;
}

export async function run(
  context: Context,
  [email]: readonly (string | undefined)[],
  options: InviteOptions,
): Promise<Result> {
  const membership = readMembership(options);
  const client = await context.client();
  const workspace = await meantWorkspace(client);
  const address = email === undefined ? {} : { email };
  const invitation = await client.invite(workspace.id, { ...membership, ...address, expires_in: options.ttl });
  const who = email ?? "whoever has this link first";
  const until = formatAge(invitation.expires_at, context.world.now());
  context.report.step("Invited", `${who} to ${workspace.name} as ${formatMembership(invitation)}, good ${until}`);
  if (invitation.is_sent) context.report.note("The link is on its way by mail as well.");
  return { text: invitation.url, json: invitation };
}
