import { z } from "zod";

/** Fields that several messages of the API have. */
export const isoTime = z.string().meta({ description: "ISO 8601, UTC", example: "2026-01-31T12:00:00.000Z" });
export const hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hexadecimal digits")
  .meta({ description: "BLAKE3 of the content, hexadecimal" });
export const bytes = z.int().min(0).meta({ description: "bytes" });
export const projectName = z.string().min(1).max(80).meta({ description: "The site's name or id", example: "my-site" });
export const environment = z.enum(["prod", "beta"]);
export const version = z.string().meta({ description: "The number of a release", example: "v3" });
