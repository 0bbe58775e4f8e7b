import { z } from "zod";
import { bytes, environment, isoTime, version } from "./fields.ts";

/** The messages that are sent as they happen, by server-sent events. */
const files = z.int();
const line = { number: z.int().meta({ description: "Counted from 1 within a deploy" }), at: isoTime };

/** One line of a deploy's log. */
export const deployLine = z.discriminatedUnion("kind", [
  z.object({ ...line, kind: z.literal("planned"), files, bytes, missing_files: files, missing_bytes: bytes }),
  z.object({ ...line, kind: z.literal("received"), contents: z.int(), bytes }),
  z.object({ ...line, kind: z.literal("committing") }),
  z.object({ ...line, kind: z.literal("committed"), version }),
  z.object({ ...line, kind: z.literal("warned"), file: z.string(), line: z.int(), message: z.string() }),
  z.object({ ...line, kind: z.literal("failed"), message: z.string() }),
  z.object({ ...line, kind: z.literal("released"), environment, version, action: z.enum(["release", "rollback"]) }),
]);

export const deploy = z.object({
  id: z.string().meta({ description: "The plan's" }),
  project: z.string(),
  version: version.nullable().meta({ description: "The release it became" }),
  state: z.enum(["running", "failed", "left", "committed"]).meta({
    description: "left: nothing has come for a while, and nobody has said that it failed",
  }),
  started_at: isoTime,
  last_at: isoTime,
  created_by: z.string().nullable().meta({ description: "An e-mail address" }),
  files_count: files,
  total_size: bytes,
  new_files: files.nullable().meta({ description: "Files whose content was not there; null: that is not known" }),
  new_bytes: bytes.nullable(),
});
export const deployList = z.object({ deploys: z.array(deploy) });

/** What has changed: whoever shows it asks for it again. */
export const change = z.object({
  project: z.string().nullable().meta({ description: "The site's name; null: an account's matter" }),
  action: z.string().meta({
    description: "As in the audit log, and deploy.begin, deploy.fail, traffic.count, webhook.deliver",
    example: "release.create",
  }),
});

export type DeployLine = z.infer<typeof deployLine>;
export type Deploy = z.infer<typeof deploy>;
export type DeployList = z.infer<typeof deployList>;
export type Change = z.infer<typeof change>;
