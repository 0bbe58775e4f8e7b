import { MAX_KEPT_DAYS, MAX_KEPT_RELEASES } from "#model";
import { z } from "zod";
import { bytes, isoTime, version } from "./fields.ts";

/** The messages about what is kept of releases, and about removing what is not. */
const keepReleases = z.int().min(1).max(MAX_KEPT_RELEASES).nullable();
const keepDays = z.int().min(1).max(MAX_KEPT_DAYS).nullable();

export const retentionRequest = z.strictObject({
  keep_releases: keepReleases.optional().meta({ description: "Keep so many of the newest" }),
  keep_days: keepDays.optional().meta({ description: "Keep those of so many last days. Without either, all are kept" }),
});
export const retention = z.object({
  keep_releases: keepReleases,
  keep_days: keepDays.meta({ description: "What either rule wants kept is kept; where both are null, all is" }),
  is_default: z.boolean().meta({ description: "Whether these are the server's rules: the site has none" }),
});

const figures = {
  removed_releases: z.int(),
  referenced_blobs: z.int(),
  total_blobs: z.int(),
  deleted_blobs: z.int(),
  freed_bytes: bytes,
};
export const collected = z.object({
  ...figures,
  releases: z
    .array(z.object({ project: z.string(), versions: z.array(version) }))
    .meta({ description: "The releases that retention removed" }),
  dry_run: z.boolean().meta({ description: "true: nothing was removed; this is what would be" }),
  errors: z.array(z.string()),
});
export const garbageState = z.object({
  collection: z
    .object({
      state: z.enum(["running", "done", "stopped", "cut_off"]).meta({
        description: "stopped: for the reason in fault; cut_off: its server ended. The next goes on where it was",
      }),
      phase: z.enum(["releases", "names", "contents", "done"]).meta({
        description: "What it is at: old releases, reading what is named, removing contents that are not",
      }),
      done: z.number().meta({ description: "How much of the contents was gone through, from 0 to 1" }),
      begun_at: isoTime,
      told_at: isoTime,
      ended_at: isoTime.nullable(),
      fault: z.string().nullable(),
      ...figures,
    })
    .nullable()
    .meta({ description: "null: garbage was never collected" }),
});

export type RetentionRequest = z.infer<typeof retentionRequest>;
export type Retention = z.infer<typeof retention>;
export type Collected = z.infer<typeof collected>;
export type GarbageState = z.infer<typeof garbageState>;
