import { composeMail, type Mail } from "../mail.ts";

interface Invitation {
  readonly to: string;
  readonly workspace: string;
  readonly invitedBy: string;
  /** The link: whoever has it can accept, so it is to be seen by nobody else. */
  readonly url: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** The letter in which an invitation comes. */
export const composeInvitation = ({ to, workspace, invitedBy, url, expiresAt }: Invitation): Mail =>
  composeMail({
    to,
    subject: `${invitedBy} invites you to ${workspace}`,
    before: [`${invitedBy} invites you to the workspace ${workspace}, to work on its sites.`],
    action: { label: "Accept the invitation", url },
    after: [
      `The link is good once, until ${expiresAt.slice(0, 16).replace("T", " ")} UTC, for an account of this address.`,
      "If you do not know them, leave this letter alone: nothing happens.",
    ],
  });
