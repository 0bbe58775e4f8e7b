import { ROLES, SITE_ROLES } from "#model";
import { z } from "zod";
import { isoTime, projectName } from "./fields.ts";

/** The messages about workspaces, who is in them, and who is asked to join. */
export const workspaceName = z.string().trim().min(1).max(100);
export const workspaceRequest = z.strictObject({ name: workspaceName });
export const role = z.enum(ROLES);
const memberRole = role
  .nullable()
  .meta({ description: "null: a member of single sites alone, by what sites says", example: "developer" });

export const workspace = z.object({
  id: z.string(),
  name: z.string(),
  role: memberRole,
  is_own: z.boolean().meta({ description: "Whether requests mean it that name none" }),
  created_at: isoTime,
});
export const workspaceList = z.object({ workspaces: z.array(workspace) });

const siteGrant = z.object({ project: projectName, role: z.enum(SITE_ROLES) });
const siteGrants = z.array(siteGrant).max(100).default([]).meta({ description: "What they may do on single sites" });

export const member = z.object({
  user_id: z.string(),
  email: z.string(),
  role: memberRole,
  sites: z.array(siteGrant),
  joined_at: isoTime,
});
export const memberList = z.object({ members: z.array(member) });
export const memberRequest = z.strictObject({ role: memberRole, sites: siteGrants });

export const MAX_INVITATION_LIFE_S = 30 * 24 * 60 * 60;
export const invitationRequest = z.strictObject({
  role: memberRole,
  sites: siteGrants,
  email: z.email().max(254).optional().meta({ description: "Only an account of this address may accept it" }),
  expires_in: z
    .int()
    .min(60)
    .max(MAX_INVITATION_LIFE_S)
    .default(7 * 24 * 60 * 60)
    .meta({ description: "seconds" }),
});
export const invitation = z.object({
  id: z.string(),
  role: memberRole,
  sites: z.array(siteGrant),
  email: z.string().nullable(),
  invited_by: z.string().nullable(),
  created_at: isoTime,
  expires_at: isoTime,
});
export const invitationList = z.object({ invitations: z.array(invitation) });
export const invitationCreated = invitation.extend({
  url: z.string().meta({ description: "The link; it is shown this once" }),
  is_sent: z.boolean().meta({ description: "Whether it is on its way by mail" }),
});
/** What comes after the # of the link. */
export const invitationSecret = z.string().min(1).max(100);
export const invitationLook = z.strictObject({ invitation: invitationSecret });
export const invitationShown = z.object({
  workspace: z.string(),
  role: memberRole,
  sites: z.array(siteGrant),
  email: z.string().nullable(),
  invited_by: z.string().nullable(),
  expires_at: isoTime,
});

export type Workspace = z.infer<typeof workspace>;
export type WorkspaceList = z.infer<typeof workspaceList>;
export type Member = z.infer<typeof member>;
export type MemberList = z.infer<typeof memberList>;
export type MemberRequest = z.infer<typeof memberRequest>;
export type InvitationRequest = z.infer<typeof invitationRequest>;
export type Invitation = z.infer<typeof invitation>;
export type InvitationList = z.infer<typeof invitationList>;
export type InvitationCreated = z.infer<typeof invitationCreated>;
export type InvitationShown = z.infer<typeof invitationShown>;
