import { z } from "zod";
import { bytes, isoTime } from "./fields.ts";

/** The messages for who keeps the server running. */
export const serverState = z.object({
  database: z.enum(["sqlite", "postgresql"]),
  disk: z.object({
    free: bytes,
    reserved: bytes.meta({ description: "Bytes that deploys leave free" }),
    is_nearly_full: z.boolean().meta({ description: "Whether deploys are refused for want of room" }),
  }),
  backups: z
    .object({
      last_good_at: isoTime.nullable().meta({ description: "null: there is no good one" }),
      failures: z.int().meta({ description: "Since the server started" }),
    })
    .nullable()
    .meta({ description: "null: this server makes none by itself" }),
  certificates: z
    .array(z.object({ names: z.array(z.string()), expires_at: isoTime }))
    .nullable()
    .meta({ description: "The first to expire first; null: this server has none, as it does not serve HTTPS" }),
});

export type ServerState = z.infer<typeof serverState>;
