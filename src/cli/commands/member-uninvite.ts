import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { meantWorkspace } from "../meant-workspace.ts";
import { confirmWhereAsked } from "../terminal/prompts.ts";

export async function run(context: Context, [named]: readonly (string | undefined)[]): Promise<Result> {
  const client = await context.client();
  const workspace = await meantWorkspace(client);
  const { invitations } = await client.invitations(workspace.id);
  const [invitation, another] = invitations.filter(({ id, email }) => id === named || email === named!.toLowerCase());
  if (!invitation) {
    throw new Failure("not_found", `There is no open invitation "${named}".`, {
      next: "`sitepod member invitations` shows them.",
    });
  }
  if (another) {
    throw new Failure("usage", `There are several invitations for ${named}.`, { next: "Name one by its id." });
  }
  await confirmWhereAsked(
    context,
    `Revoke the invitation of ${invitation.email ?? invitation.id}? Its link opens nothing any more; you can make another.`,
  );
  const revoked = await client.revokeInvitation(workspace.id, invitation.id);
  return { text: revoked.message, json: { ...revoked, id: invitation.id } };
}
