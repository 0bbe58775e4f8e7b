import { z } from "zod";
import { bytes, environment, hash, isoTime, version } from "./fields.ts";

/** The messages that tell of releases. */
export const historyItem = z.object({
  image_id: z.string(),
  content_hash: hash,
  created_at: isoTime,
  git_commit: z.string().nullable(),
  git_branch: z.string().nullable(),
  git_message: z.string().nullable(),
  version,
  message: z.string().nullable(),
  files_count: z.int(),
  total_size: bytes,
  new_files: z.int().nullable().meta({
    description: "Files whose content had to be sent; null: that is not known",
  }),
  new_bytes: bytes.nullable(),
  created_by: z.string().nullable().meta({ description: "Who made the release: an e-mail address" }),
  url: z.string(),
  deployed_to: z.array(environment),
  removed_at: isoTime.nullable().optional().meta({
    description: "When retention removed it: it cannot be pointed to any more, and its address answers 410",
  }),
  action: z
    .enum(["release", "rollback"])
    .optional()
    .meta({ description: "With environment: how it came to be served" }),
  deployed_at: isoTime.optional(),
});
export const history = z.object({ items: z.array(historyItem) });

export const image = z.object({
  id: z.string(),
  image_id: z.string(),
  project_id: z.string(),
  content_hash: hash,
  file_count: z.int(),
  total_size: bytes,
  git_commit: z.string().nullable(),
  git_branch: z.string().nullable(),
  git_message: z.string().nullable(),
  created_at: isoTime,
  deployed_to: z.array(environment),
});
export const imageList = z.object({ images: z.array(image), total: z.int() });

export const files = z.object({
  image_id: z.string(),
  content_hash: hash,
  version,
  files: z.array(z.object({ path: z.string(), hash, size: bytes, content_type: z.string() })),
});

export type HistoryItem = z.infer<typeof historyItem>;
export type History = z.infer<typeof history>;
export type ImageList = z.infer<typeof imageList>;
export type Files = z.infer<typeof files>;
