import { HTML_HANDLINGS, RULES_DIALECTS } from "#model";
import { z } from "zod";
import { bytes, hash, isoTime, projectName } from "./fields.ts";

/** The messages that begin a deploy: what it consists of, and what of it must be sent. */
export const planFile = z.object({
  path: z.string(),
  blake3: hash,
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .meta({ description: "Needed where upload_mode is presigned" }),
  size: bytes,
  content_type: z.string().max(200).optional(),
});
export const git = z.object({
  commit: z.string().max(64).optional(),
  branch: z.string().max(255).optional(),
  message: z.string().max(4096).optional(),
  time: z.iso.datetime({ offset: true }).optional().meta({ description: "When the commit was made" }),
});
export const podSettings = z.strictObject({
  html_handling: z.enum(HTML_HANDLINGS).optional().meta({ description: "How addresses of HTML files are spelled" }),
  rules_dialect: z.enum(RULES_DIALECTS).optional().meta({ description: "Of _redirects and _headers" }),
});
export const planRequest = z.strictObject({
  project: projectName,
  files: z.array(planFile).meta({ description: "All files; with a base, those that are new or changed" }),
  base: hash.optional().meta({
    description: "The content_hash of a release of this site, or of a plan before: the files change it",
  }),
  removed: z.array(z.string()).optional().meta({ description: "Paths of the base that are not in the pod" }),
  more: z
    .boolean()
    .optional()
    .meta({ description: "A plan that builds on this one follows; this one is not committed" }),
  compact: z.boolean().optional().meta({ description: "Answer missing_files in place of missing" }),
  git: git.nullable().optional(),
  allow_case_collisions: z.boolean().optional(),
  settings: podSettings.optional().meta({ description: "How the pod is served; a part of its content" }),
});
export const planResponse = z.object({
  plan_id: z.string(),
  content_hash: hash,
  upload_mode: z.enum(["direct", "presigned"]),
  missing: z.array(z.object({ path: z.string(), hash, size: bytes, upload_url: z.string() })),
  missing_files: z.array(z.int()).optional().meta({
    description: "With compact, where uploads are direct: which of the files are missing, by their place in the list",
  }),
  reusable: z.int().meta({ description: "Files whose content need not be sent" }),
  resumed: z
    .object({ files: z.int(), bytes })
    .optional()
    .meta({ description: "Of the reusable ones, those that were sent before and are in no release yet" }),
  batch_upload_url: z.string().optional().meta({ description: "Takes many small contents in one request" }),
  batch_encodings: z
    .array(z.enum(["gzip"]))
    .optional()
    .meta({ description: "Content-Encodings that a batch may have" }),
  part_size: z.int().optional().meta({ description: "Larger contents may come in parts of so many bytes" }),
  expires_at: isoTime,
});

export type PlanFile = z.infer<typeof planFile>;
export type PlanRequest = z.infer<typeof planRequest>;
export type PlanResponse = z.infer<typeof planResponse>;
