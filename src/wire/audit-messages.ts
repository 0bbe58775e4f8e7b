import { z } from "zod";
import { isoTime } from "./fields.ts";

/** The messages about who changed what. */
export const auditEvent = z.object({
  id: z.string(),
  at: isoTime,
  actor: z.string().nullable().meta({ description: "An e-mail address, or null where nobody was logged in" }),
  token: z.string().nullable().meta({ description: "The name of the token that was used" }),
  action: z.string().meta({ example: "release.rollback" }),
  project: z.string().nullable(),
  target: z.string().nullable(),
  address: z.string().nullable().meta({ description: "The client's network address" }),
  workspace_id: z.string().nullable().meta({ description: "null: it concerns the server alone" }),
  before: z.unknown().meta({ description: "What there was; null where the target says it all" }),
  after: z.unknown().meta({ description: "What there is" }),
});
export const auditList = z.object({ events: z.array(auditEvent) });
/** What of the log is wanted. */
export const auditFilter = z.object({
  project: z.string().max(100).optional(),
  actor: z.string().max(254).optional().meta({ description: "An e-mail address" }),
  action: z.string().max(100).optional().meta({ description: "An action, or the beginning of several: member.*" }),
  target: z.string().max(300).optional(),
  since: z.iso.datetime({ offset: true }).optional().meta({ description: "From then on" }),
  until: z.iso.datetime({ offset: true }).optional().meta({ description: "Before then" }),
  before: z.string().max(20).optional().meta({ description: "Only what is older than the event of this id" }),
});

export type AuditEvent = z.infer<typeof auditEvent>;
export type AuditList = z.infer<typeof auditList>;
