/** An invitation as a letter tells of it. */
export interface InvitationLetter {
  readonly to: string;
  readonly workspace: string;
  readonly invitedBy: string;
  /** The link: whoever has it can accept, so it is to be seen by nobody else. */
  readonly url: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}
