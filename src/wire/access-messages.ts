import {
  MAX_ACCESS_LINK_TTL_S,
  MAX_SITE_PASSWORD_LENGTH,
  MIN_ACCESS_LINK_TTL_S,
  MIN_SITE_PASSWORD_LENGTH,
} from "#model";
import { z } from "zod";
import { environment, isoTime, projectName } from "./fields.ts";

/** The messages about who may see an environment or a preview. */
export const sitePassword = z
  .string()
  .min(MIN_SITE_PASSWORD_LENGTH, `must have ${MIN_SITE_PASSWORD_LENGTH} characters or more`)
  .max(MAX_SITE_PASSWORD_LENGTH, `must have ${MAX_SITE_PASSWORD_LENGTH} characters or fewer`);

const target = {
  project: projectName,
  environment: environment.optional(),
  preview: z.string().max(63).optional().meta({ description: "A preview's slug, instead of an environment" }),
};
export const accessRequest = z.strictObject({
  ...target,
  password: sitePassword.nullable().optional().meta({
    description:
      "null: everybody may see it. Absent: signed links alone open it. Any change ends all sessions and links",
  }),
});
const access = {
  url: z.string(),
  is_protected: z.boolean(),
  has_password: z.boolean().meta({ description: "false where it is open, and where signed links alone open it" }),
};
export const accessState = z.object({ environment: environment.nullable(), preview: z.string().nullable(), ...access });
export const accessList = z.object({
  access: z.array(accessState).meta({ description: "Environments that something was released to, then previews" }),
  releases_protected: z.boolean().meta({ description: "Whether the permanent addresses of the releases ask too" }),
});
export const accessLinkRequest = z.strictObject({
  ...target,
  expires_in: z.int().min(MIN_ACCESS_LINK_TTL_S).max(MAX_ACCESS_LINK_TTL_S).meta({ description: "seconds" }),
});
export const accessLink = z.object({ url: z.string(), expires_at: isoTime });

export type AccessRequest = z.infer<typeof accessRequest>;
export type AccessState = z.infer<typeof accessState>;
export type AccessList = z.infer<typeof accessList>;
export type AccessLinkRequest = z.infer<typeof accessLinkRequest>;
export type AccessLink = z.infer<typeof accessLink>;
