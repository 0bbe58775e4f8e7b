import { LIMIT_NAMES, type LimitName } from "#model";
import { z } from "zod";
import { bytes } from "./fields.ts";

/** The messages about what a workspace may have, and how much it has. */
const LIMITS = {
  max_files: "Files a deploy may have",
  max_file_size: "Bytes a file may have",
  max_deploy_size: "Bytes a deploy may have",
  max_stored_size: "Bytes that the releases may hold, each content once",
  max_sites: "Sites",
  max_requests_per_minute: "Requests to the API, uploads of contents aside",
} as const satisfies Record<LimitName, string>;

export const limitName = z.enum(LIMIT_NAMES);

const limit = (description: string) =>
  z
    .int()
    .min(0)
    .nullable()
    .meta({ description: `${description}; null: no limit` });
const limits = z.object({
  max_files: limit(LIMITS.max_files),
  max_file_size: limit(LIMITS.max_file_size),
  max_deploy_size: limit(LIMITS.max_deploy_size),
  max_stored_size: limit(LIMITS.max_stored_size),
  max_sites: limit(LIMITS.max_sites),
  max_requests_per_minute: limit(LIMITS.max_requests_per_minute),
});
const used = z.object({
  stored_size: bytes.meta({ description: "What the releases hold, manifests included, each content once" }),
  sites: z.int(),
  deleted_sites: z.int().meta({ description: "Sites in the bin: of these the releases count, the sites do not" }),
});

export const quota = z.object({
  workspace: z.string().meta({ description: "The workspace's id" }),
  name: z.string(),
  owner_email: z.string().nullable(),
  limits,
  set: z
    .array(limitName)
    .meta({ description: "The limits that an administrator has set; the others are the server's" }),
  used,
});
export const quotaList = z.object({
  workspaces: z.array(quota),
  server: z.object({ limits: limits.pick({ max_stored_size: true, max_sites: true }), used }).meta({
    description: "All workspaces together; what two of them have is counted for each",
  }),
});

export const workspaceUsage = z.object({
  sites: z.array(
    z.object({
      project: z.string(),
      is_deleted: z.boolean().meta({ description: "Whether it is in the bin" }),
      releases: z.int().meta({ description: "Those that are kept" }),
      released_size: bytes.meta({ description: "The bytes of their files, as if each release had its own" }),
      sent_size: bytes
        .nullable()
        .meta({ description: "Bytes of them that the workspace did not have; null: that is not known of all" }),
    }),
  ),
});

const newLimit = z
  .union([z.int().min(0), z.enum(["none", "default"])])
  .optional()
  .meta({ description: "none: no limit; default: the server's; left out: as it is" });
export const quotaRequest = z.strictObject({
  max_files: newLimit,
  max_file_size: newLimit,
  max_deploy_size: newLimit,
  max_stored_size: newLimit,
  max_sites: newLimit,
  max_requests_per_minute: newLimit,
});

export type Quota = z.infer<typeof quota>;
export type QuotaList = z.infer<typeof quotaList>;
export type WorkspaceUsage = z.infer<typeof workspaceUsage>;
export type QuotaRequest = z.infer<typeof quotaRequest>;
