import { TOKEN_SCOPES } from "#model";
import { z } from "zod";
import { environment, isoTime, projectName } from "./fields.ts";

/** The messages about API tokens. */
export const tokenScope = z.enum(TOKEN_SCOPES);
export const tokenRequest = z.strictObject({
  name: z.string().min(1).max(100),
  scopes: z.array(tokenScope).min(1).default(["deploy"]),
  project: projectName.optional().meta({ description: "Restricts the token to one site" }),
  environments: z
    .array(environment)
    .min(1)
    .optional()
    .meta({ description: "Restricts the token to releasing to these" }),
  expires_in: z.int().min(60).optional().meta({ description: "seconds" }),
});
export const token = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string().meta({ description: "The token's first characters, to tell it from others" }),
  scopes: z.array(tokenScope),
  project: z.string().nullable(),
  workspace_id: z.string().nullable().meta({ description: "null: all workspaces of its account" }),
  environments: z.array(environment).nullable().meta({ description: "null: all" }),
  created_at: isoTime,
  last_used_at: isoTime.nullable(),
  expires_at: isoTime.nullable(),
});
export const tokenList = z.object({ tokens: z.array(token) });
export const workspaceTokenList = z.object({
  tokens: z.array(token.extend({ owner_email: z.string().meta({ description: "Whose token it is" }) })),
});
export const tokenCreated = token.extend({ token: z.string().meta({ description: "Shown this once" }) });

export type Token = z.infer<typeof token>;
export type TokenCreated = z.infer<typeof tokenCreated>;
export type TokenScope = z.infer<typeof tokenScope>;
export type WorkspaceTokenList = z.infer<typeof workspaceTokenList>;
