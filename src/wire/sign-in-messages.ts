import { z } from "zod";
import { isoTime } from "./fields.ts";

/** The messages about ways to sign in, and about keeping them safe. */
const email = z.email().max(254);
const password = z.string().min(1).max(256);
const code = z.string().min(1).max(40);

export const signInOptions = z.object({
  password_mail: z.boolean().meta({ description: "Whether the server mails links to a new password" }),
  passkeys: z.boolean(),
  device: z.boolean().meta({ description: "Whether programs may be let in by a browser (RFC 8628)" }),
  provider: z.string().nullable().meta({ description: "The name of the OpenID Connect provider; null: there is none" }),
});

export const secondFactor = code.optional().meta({ description: "A one-time code or a recovery code" });

export const forgotRequest = z.strictObject({ email });
export const resetRequest = z.strictObject({ token: z.string().min(1).max(200), password });
export const resetLinkRequest = z.strictObject({
  email,
  remove_second_factor: z.boolean().optional().meta({ description: "Turns the account's one-time codes off as well" }),
});
export const resetLink = z.object({ url: z.string(), expires_at: isoTime });

export const passwordChange = z.strictObject({
  current_password: password.optional().meta({ description: "Absent where the account has none" }),
  password,
});
/** What is asked for again before the ways into an account change. */
export const passwordProof = z.strictObject({
  password: password.optional().meta({ description: "The account's, where it has one" }),
});

export const oneTimeCodesBegun = z.object({
  uri: z.string().meta({ description: "What an app for one-time codes reads, as a QR code" }),
  secret: z.string().meta({ description: "The same for typing, Base32" }),
  recovery_codes: z
    .array(z.string())
    .meta({ description: "Each signs in once where the app is lost; shown this once" }),
});
export const oneTimeCode = z.strictObject({ code });
export const recoveryCodes = z.object({ recovery_codes: z.array(z.string()) });

export const passkey = z.object({
  id: z.string(),
  name: z.string(),
  created_at: isoTime,
  last_used_at: isoTime.nullable(),
});
/** WebAuthn's own JSON, which browsers make and read. */
const webauthn = z.looseObject({ id: z.string().max(2000) });
export const passkeyOptions = z.looseObject({ challenge: z.string() });
export const passkeyRegistration = z.strictObject({ name: z.string().trim().min(1).max(100), response: webauthn });
export const passkeySignIn = z.strictObject({ response: webauthn });

export const session = z.object({
  id: z.string(),
  created_at: isoTime,
  last_used_at: isoTime.meta({ description: "ISO 8601, UTC; as of the last renewal, once a day" }),
  expires_at: isoTime,
  address: z.string().nullable(),
  user_agent: z.string().nullable(),
  is_current: z.boolean(),
});
export const sessionList = z.object({ sessions: z.array(session) });
export const sessionsRevoked = z.object({ message: z.string(), revoked: z.int() });

export const security = z.object({
  has_password: z.boolean(),
  one_time_codes: z.object({ recovery_codes_left: z.int() }).nullable().meta({ description: "null: they are off" }),
  passkeys: z.array(passkey),
  provider: z.object({ name: z.string(), is_connected: z.boolean() }).nullable(),
});

export const redirectRequest = z.strictObject({
  return_to: z
    .string()
    .regex(/^\/(?![/\\])[\x21-\x7e]*$/, "must be a path of the console")
    .max(500)
    .optional()
    .meta({ description: "The console's page to come back to" }),
});
export const redirect = z.object({ url: z.string().meta({ description: "Where the browser is to go" }) });

export const deviceCodeRequest = z.strictObject({
  name: z.string().trim().min(1).max(100).meta({ description: "What the program calls itself, and its token" }),
});
export const deviceCode = z.object({
  device_code: z.string(),
  user_code: z.string().meta({ description: "What the person confirms in the browser" }),
  verification_uri: z.string(),
  verification_uri_complete: z.string(),
  expires_in: z.int().meta({ description: "seconds" }),
  interval: z.int().meta({ description: "Seconds between two requests for the token, at least" }),
});
export const deviceTokenRequest = z.strictObject({ device_code: z.string().max(200) });
export const userCode = z.strictObject({ user_code: code });
export const deviceRequest = z.object({
  user_code: z.string(),
  name: z.string(),
  address: z.string().nullable().meta({ description: "From where the program asks" }),
});

export type ResetLink = z.infer<typeof resetLink>;
export type OneTimeCodesBegun = z.infer<typeof oneTimeCodesBegun>;
export type RecoveryCodes = z.infer<typeof recoveryCodes>;
export type Passkey = z.infer<typeof passkey>;
export type Session = z.infer<typeof session>;
export type SessionList = z.infer<typeof sessionList>;
export type Security = z.infer<typeof security>;
export type Redirect = z.infer<typeof redirect>;
export type DeviceCode = z.infer<typeof deviceCode>;
export type DeviceRequest = z.infer<typeof deviceRequest>;
