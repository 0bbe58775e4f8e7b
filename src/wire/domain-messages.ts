import { z } from "zod";
import { MAX_MOUNT_PATH_LENGTH } from "#model";
import { environment, isoTime, projectName } from "./fields.ts";

export const domainRequest = z.strictObject({
  project: projectName,
  domain: z.string().max(253).meta({ example: "www.example.com" }),
  slug: z
    .string()
    .max(MAX_MOUNT_PATH_LENGTH)
    .optional()
    .meta({ description: "The path of the site there, / without it" }),
  environment: environment.optional().meta({ description: "What is shown there, prod without it" }),
  redirect_to: z
    .string()
    .max(253)
    .optional()
    .meta({ description: "Another domain of yours that visitors are sent to" }),
});
export const domainStatus = z.enum(["pending", "active"]);
export const dnsRecord = z.object({
  type: z.enum(["TXT", "A", "AAAA", "CNAME"]),
  name: z.string(),
  value: z.string(),
  purpose: z.string().meta({ example: "proves that the domain is yours" }),
});
export const domain = z.object({
  domain: z.string(),
  slug: z.string(),
  type: z.enum(["system", "custom"]),
  status: domainStatus,
  is_primary: z.boolean(),
  created_at: isoTime,
  environment,
  redirect_to: z.string().nullable(),
  url: z.string(),
  missing_since: isoTime.nullable().meta({ description: "Since when DNS no longer proves an active domain" }),
  certificate_expires_at: isoTime.nullable().meta({
    description: "When the certificate ends; null: there is none here, or HTTPS is off",
  }),
  records: z.array(dnsRecord).meta({ description: "What DNS must hold, for a pending domain" }),
});
export const domainCreated = z.object({
  domain: z.string(),
  slug: z.string(),
  status: domainStatus,
  verification_token: z.string(),
  verification_txt: z.string(),
  environment,
  redirect_to: z.string().nullable(),
  url: z.string(),
  records: z.array(dnsRecord),
});
export const domainVerified = z.object({
  domain: z.string(),
  status: domainStatus,
  verified: z.boolean(),
  message: z.string(),
});
export const domainList = z.object({ domains: z.array(domain) });
export const domainDeleted = z.object({ deleted: z.literal(true) });
export const renameRequest = z.strictObject({ new_subdomain: z.string().max(80) });
export const renamed = z.object({ old_subdomain: z.string(), new_subdomain: z.string(), domain: z.string() });

export type DomainRequest = z.infer<typeof domainRequest>;
export type DomainCreated = z.infer<typeof domainCreated>;
export type DomainVerified = z.infer<typeof domainVerified>;
export type DomainList = z.infer<typeof domainList>;
export type DnsRecord = z.infer<typeof dnsRecord>;
export type Renamed = z.infer<typeof renamed>;
