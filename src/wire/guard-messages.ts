import { APPROVAL_STATES } from "#model";
import { z } from "zod";
import { environment, isoTime, projectName, version } from "./fields.ts";

/** The messages about what stands before an environment, and about moves that were asked for. */
const approvalGuard = z.strictObject({ kind: z.literal("approval") });
const lock = z.strictObject({ kind: z.literal("lock"), reason: z.string().trim().min(1).max(500) });
const guardOf = z.discriminatedUnion("kind", [
  approvalGuard,
  lock.extend({
    over: z.literal("approval").optional().meta({ description: "What comes back when the lock is taken off" }),
  }),
]);
export const guardRequest = z.strictObject({
  project: projectName,
  environment,
  guard: z.discriminatedUnion("kind", [approvalGuard, lock]).nullable().meta({
    description:
      "approval: another member must approve each release. lock: nobody moves it. null: no guard; of a lock: what was there before it",
  }),
});
export const guard = z.object({
  environment,
  guard: guardOf.nullable(),
  set_by: z.string().nullable().meta({ description: "An e-mail address" }),
  set_at: isoTime.nullable(),
});
export const guardList = z.object({ guards: z.array(guard) });

export const approval = z.object({
  id: z.string(),
  project: z.string(),
  environment,
  version,
  action: z.enum(["release", "rollback"]),
  state: z.enum(APPROVAL_STATES),
  requested_by: z.string().nullable().meta({ description: "An e-mail address" }),
  requested_at: isoTime,
  expires_at: isoTime,
  decided_by: z.string().nullable(),
  decided_at: isoTime.nullable(),
  comment: z.string().nullable(),
  url: z.string().meta({ description: "Where the environment is served" }),
  release_url: z.string().meta({ description: "Where the release can be looked at before" }),
  image_id: z.string(),
  previous_version: z.string().nullable().meta({ description: "What the move replaced, once it has happened" }),
  pointer_version: z.int().nullable(),
});
export const approvalList = z.object({ approvals: z.array(approval) });
export const approvalDecision = z.strictObject({ comment: z.string().trim().max(500).optional() });

export type GuardRequest = z.infer<typeof guardRequest>;
export type GuardState = z.infer<typeof guard>;
export type GuardList = z.infer<typeof guardList>;
export type Approval = z.infer<typeof approval>;
export type ApprovalList = z.infer<typeof approvalList>;
