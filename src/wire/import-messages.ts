import { z } from "zod";
import { bytes, environment, hash, isoTime, projectName } from "./fields.ts";
import { git } from "./plan-messages.ts";

/** The messages that bring a site with its releases from another server. */
export const importRequest = z.strictObject({
  project: projectName.meta({ description: "The name of the new site" }),
  size: bytes.optional().meta({ description: "Bytes of all contents and manifests: what cannot fit is told at once" }),
});
export const importBegun = z.object({
  import_id: z.string(),
  expires_at: isoTime.meta({ description: "What is not committed by then is forgotten" }),
});

const number = z.int().min(1).max(1_000_000_000);
export const importRelease = z.strictObject({
  version: number.meta({ description: "Its number, as it was and will be" }),
  manifest: hash.meta({ description: "BLAKE3 of the pod's manifest, which was sent as a content" }),
  created_at: z.iso.datetime(),
  trigger: z.enum(["cli", "api", "system"]),
  message: z.string().max(4096).optional(),
  git: git.optional(),
});
export const importCommitRequest = z.strictObject({
  releases: z.array(importRelease).min(1).max(100_000),
  environments: z.partialRecord(environment, z.strictObject({ version: number, protected: z.boolean() })),
  protected: z.boolean().meta({
    description: "Closes the permanent addresses of the releases until the owner protects or opens an environment",
  }),
});
export const importCommitted = z.object({
  project: z.string(),
  releases: z.int(),
  environments: z.array(z.object({ environment, version: z.string(), url: z.string(), is_protected: z.boolean() })),
});

export type ImportRequest = z.infer<typeof importRequest>;
export type ImportBegun = z.infer<typeof importBegun>;
export type ImportCommitRequest = z.infer<typeof importCommitRequest>;
export type ImportCommitted = z.infer<typeof importCommitted>;
export type ImportRelease = z.infer<typeof importRelease>;
