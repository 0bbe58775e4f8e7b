import { z } from "zod";
import { sitePassword } from "./access-messages.ts";
import { bytes, environment, hash, isoTime, projectName, version } from "./fields.ts";
import { retention } from "./retention-messages.ts";
import { secondFactor, signInOptions } from "./sign-in-messages.ts";
import { invitationSecret, role } from "./workspace-messages.ts";

export { environment } from "./fields.ts";
export * from "./access-messages.ts";
export * from "./audit-messages.ts";
export * from "./domain-messages.ts";
export * from "./guard-messages.ts";
export * from "./history-messages.ts";
export * from "./import-messages.ts";
export * from "./live-messages.ts";
export * from "./plan-messages.ts";
export * from "./retention-messages.ts";
export * from "./quota-messages.ts";
export * from "./server-messages.ts";
export * from "./sign-in-messages.ts";
export * from "./token-messages.ts";
export * from "./traffic-messages.ts";
export * from "./webhook-messages.ts";
export * from "./workspace-messages.ts";

/**
 * The messages of the v1 API. Field names are facts of the wire: the public client depends on them. Requests are strict
 * where an unknown field would be a mistake nobody notices.
 */
export const errorBody = z.object({
  error: z.string().meta({ example: "not_found" }),
  message: z.string().meta({ description: "What happened, and what to do" }),
  faults: z.array(z.string()).optional().meta({ description: "All faults of a request that has several" }),
  approval_id: z.string().optional().meta({ description: "With approval_required: what was asked for" }),
});

export const health = z.object({
  status: z.enum(["ok", "degraded", "error"]),
  database: z.enum(["ok", "error"]),
  storage: z
    .enum(["ok", "full", "error"])
    .meta({ description: "full: what is there is served, and nothing can be added" }),
  uptime: z.number().meta({ description: "seconds" }),
  version: z.string(),
});

export const serverConfig = z.object({
  domain: z.string(),
  is_demo: z.boolean(),
  version: z.string(),
  console_url: z.string(),
  upload_mode: z.enum(["direct", "presigned"]),
  builds_on_pods: z.boolean().optional().meta({ description: "Whether a plan may have a base" }),
  sign_up: z.enum(["first", "open", "closed"]).meta({
    description: "first: nobody has registered, and who does becomes the administrator",
  }),
  sign_in: signInOptions.optional(),
  limits: z.object({ max_files: z.int(), max_file_size: bytes, max_deploy_size: bytes }),
});

export const loginRequest = z.strictObject({
  email: z.email().max(254),
  password: z.string().min(1).max(256),
  code: secondFactor,
  action: z.enum(["login", "register"]).optional(),
  name: z.string().max(100).optional().meta({ description: "What to call the token in the list of tokens" }),
  invitation: invitationSecret.optional().meta({
    description: "With register: the secret of an invitation, which is accepted; also where sign-up is closed",
  }),
});
export const loginResponse = z.object({
  token: z.string(),
  user_id: z.string(),
  email: z.string(),
  created: z.boolean(),
  message: z.string(),
});

export const authInfo = z.object({
  id: z.string(),
  email: z.string(),
  is_admin: z.boolean(),
  is_anonymous: z.boolean(),
  scopes: z.array(z.string()),
});

export const currentUser = z.object({ user: authInfo.nullable().meta({ description: "null: nobody is logged in" }) });
export const project = z.object({
  id: z.string(),
  name: z.string(),
  subdomain: z.string(),
  owner_id: z.string(),
  owner_email: z.string().optional(),
  workspace_id: z.string(),
  role: role.nullable().meta({ description: "What you are on this site" }),
  created_at: isoTime,
  updated_at: isoTime,
  url: z.string(),
  retention: retention.optional().meta({ description: "How long its releases are kept; of one site, not in lists" }),
});
export const projectList = z.array(project);

export const message = z.object({ message: z.string() });
export const accountDeleted = message.extend({ deleted_projects: z.int() });
export const siteDeleted = message.extend({
  restorable_until: isoTime
    .nullable()
    .meta({ description: "Until then it is in the bin; null: it is deleted for good" }),
});
const place = z.object({ domain: z.string(), slug: z.string() });
export const deletedSite = project.pick({ id: true, name: true, url: true, workspace_id: true, role: true }).extend({
  deleted_at: isoTime,
  deleted_by: z.string().nullable().meta({ description: "Whose request it was; null: not known, or gone" }),
  restorable_until: isoTime.meta({ description: "After it, the site is deleted for good" }),
  releases: z.int().meta({ description: "How many releases would come back" }),
  domains: z.array(place).meta({ description: "Where it was on custom domains" }),
});
export const bin = z.object({ sites: z.array(deletedSite) });
export const siteRestored = message.extend({
  project,
  domains: z
    .array(place.extend({ status: z.enum(["active", "pending", "taken"]) }))
    .meta({ description: "pending: it is to be verified again; taken: another site of the workspace is there now" }),
});
export const availability = z.object({ available: z.boolean(), suggestion: z.string().optional() });

export const uploadResponse = z.object({ hash, size: bytes });
export const uploadPartResponse = z.object({
  received: bytes.meta({ description: "Bytes of the content that are there: where the next part begins" }),
});
export const uploadBatchResponse = z.object({ uploaded: z.int() });

export const commitRequest = z.strictObject({
  plan_id: z.string().max(100),
  message: z.string().max(4096).nullable().optional(),
  protected: z.boolean().optional().meta({
    description: "The release's permanent address is not open before an environment or a preview was protected",
  }),
});
export const commitResponse = z.object({
  image_id: z.string().meta({ example: "img_0123456789abcdef01234567" }),
  content_hash: hash,
  files_count: z.int(),
  total_size: bytes,
  created_at: isoTime,
  version,
  url: z.string().meta({ description: "The release's permanent address" }),
  warnings: z
    .array(z.object({ file: z.string(), line: z.int(), message: z.string() }))
    .optional()
    .meta({
      description: "What is wrong with _redirects and _headers: each line told is left out, unless it says otherwise",
    }),
});

const pointer = {
  project: projectName,
  environment: environment.optional(),
  env: environment.optional(),
  image_id: z.string().max(100).nullable().optional(),
  version: z
    .string()
    .max(20)
    .nullable()
    .optional()
    .meta({ description: "A release's number, instead of image_id", example: "v3" }),
  expected_version: z.int().min(0).optional().meta({
    description: "Move only if the environment's pointer has this version (0: only if it is empty); else 409",
  }),
};
const newPassword = sitePassword.optional().meta({ description: "Protects it from now on, unless it is protected" });
export const releaseRequest = z.strictObject({
  ...pointer,
  password: newPassword,
  expected_release: z.string().max(20).optional().meta({
    description: "Move only if this version is served; none: only if nothing is",
  }),
  in_order: z.enum(["releases", "commits"]).optional().meta({
    description: "releases: not where a later release is served; commits: nor where its commit is newer",
  }),
});
export const rollbackRequest = z.strictObject(pointer);
export const releaseResponse = z.object({
  project: z.string(),
  environment,
  image_id: z.string(),
  version,
  url: z.string(),
  pointer_version: z.int(),
  previous_version: z.string().nullable(),
});
export const rollbackResponse = releaseResponse.extend({
  previous_image_id: z.string().nullable(),
  duration_ms: z.number().meta({ description: "How long moving the pointer took" }),
});

export const previewRequest = z.strictObject({
  project: projectName,
  image_id: z.string().max(100),
  slug: z.string().max(63).nullable().optional(),
  expires_in: z.int().nullable().optional().meta({ description: "seconds" }),
  password: newPassword,
});
export const previewResponse = z.object({ url: z.string(), expires_at: isoTime, slug: z.string(), version });
export const previewList = z.object({
  previews: z.array(
    z.object({
      slug: z.string(),
      url: z.string(),
      image_id: z.string(),
      version,
      created_at: isoTime,
      expires_at: isoTime,
    }),
  ),
});

export const current = z.object({
  project: z.string(),
  environment,
  image_id: z.string(),
  content_hash: hash,
  version,
  deployed_at: isoTime,
  pointer_version: z.int(),
  url: z.string(),
});

export const cleaned = z.object({
  expired_users_deleted: z.int(),
  expired_previews_deleted: z.int(),
  expired_plans_deleted: z.int(),
  expired_sites_deleted: z.int().meta({ description: "Sites that had been in the bin for their time" }),
  errors: z.array(z.string()),
});
export type ErrorBody = z.infer<typeof errorBody>;
export type UploadPart = z.infer<typeof uploadPartResponse>;
export type Health = z.infer<typeof health>;
export type ServerConfig = z.infer<typeof serverConfig>;
export type LoginRequest = z.infer<typeof loginRequest>;
export type LoginResponse = z.infer<typeof loginResponse>;
export type AuthInfo = z.infer<typeof authInfo>;
export type CurrentUser = z.infer<typeof currentUser>;
export type Project = z.infer<typeof project>;
export type SiteDeleted = z.infer<typeof siteDeleted>;
export type DeletedSite = z.infer<typeof deletedSite>;
export type Bin = z.infer<typeof bin>;
export type SiteRestored = z.infer<typeof siteRestored>;
export type Availability = z.infer<typeof availability>;
export type CommitRequest = z.infer<typeof commitRequest>;
export type CommitResponse = z.infer<typeof commitResponse>;
export type ReleaseResponse = z.infer<typeof releaseResponse>;
export type RollbackResponse = z.infer<typeof rollbackResponse>;
export type PreviewRequest = z.infer<typeof previewRequest>;
export type PreviewResponse = z.infer<typeof previewResponse>;
export type PreviewList = z.infer<typeof previewList>;
export type Current = z.infer<typeof current>;
