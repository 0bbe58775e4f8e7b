import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/browser";
import type { Api } from "#wire";
import { call } from "./api.ts";

const COOKIE = { "X-Sitepod-Session": "cookie" };
/** What is asked for again before the ways into an account change; nothing where it has no password. */
const proof = (password: string | undefined) => (password === undefined ? {} : { password });

/** The part of the API that is about ways to sign in, and keeping them safe. */
export const signInApi = {
  forgotPassword: (email: string) => call<{ message: string }>("POST", "/auth/password/forgot", { email }),
  resetPassword: (token: string, password: string) =>
    call<unknown>("POST", "/auth/password/reset", { token, password }),
  makeResetLink: (email: string, removeSecondFactor: boolean) =>
    call<Api.ResetLink>("POST", "/auth/password/reset-link", { email, remove_second_factor: removeSecondFactor }),
  changePassword: (current: string | undefined, password: string) =>
    call<unknown>("PUT", "/auth/password", {
      ...(current === undefined ? {} : { current_password: current }),
      password,
    }),

  security: () => call<Api.Security>("GET", "/auth/security"),
  beginCodes: (password: string | undefined) => call<Api.OneTimeCodesBegun>("POST", "/auth/codes", proof(password)),
  confirmCodes: (code: string) => call<unknown>("POST", "/auth/codes/confirm", { code }),
  endCodes: (password: string | undefined) => call<unknown>("POST", "/auth/codes/off", proof(password)),
  renewRecoveryCodes: async (password: string | undefined) =>
    (await call<Api.RecoveryCodes>("POST", "/auth/codes/recovery", proof(password))).recovery_codes,

  sessions: async () => (await call<Api.SessionList>("GET", "/auth/sessions")).sessions,
  endSession: (id: string) => call<unknown>("DELETE", `/auth/sessions/${encodeURIComponent(id)}`),
  endOtherSessions: () => call<unknown>("DELETE", "/auth/sessions"),

  /** Has the browser make a passkey, and the server keep it. Throws what the browser throws where the person does not want. */
  async addPasskey(name: string, password: string | undefined): Promise<void> {
    type Options = PublicKeyCredentialCreationOptionsJSON;
    const [{ startRegistration }, optionsJSON] = await Promise.all([
      import("@simplewebauthn/browser"),
      call<Options>("POST", "/auth/passkeys/options", proof(password)),
    ]);
    const response = await startRegistration({ optionsJSON });
    await call<unknown>("POST", "/auth/passkeys", { name, response });
  },
  removePasskey: (id: string) => call<unknown>("DELETE", `/auth/passkeys/${encodeURIComponent(id)}`),
  async signInWithPasskey(): Promise<void> {
    type Options = PublicKeyCredentialRequestOptionsJSON;
    const [{ startAuthentication }, optionsJSON] = await Promise.all([
      import("@simplewebauthn/browser"),
      call<Options>("POST", "/auth/passkey/options", {}),
    ]);
    const response = await startAuthentication({ optionsJSON });
    await call<unknown>("POST", "/auth/passkey", { response }, COOKIE);
  },

  /** Returns where the provider is. */
  beginProvider: async (returnTo: string) =>
    (await call<Api.Redirect>("POST", "/auth/oidc", { return_to: returnTo })).url,
  beginConnecting: async () => (await call<Api.Redirect>("POST", "/auth/oidc/connect", {})).url,
  disconnect: () => call<unknown>("DELETE", "/auth/oidc/connect"),

  findDevice: (code: string) => call<Api.DeviceRequest>("POST", "/auth/device/find", { user_code: code }),
  decideDevice: (decision: "approve" | "deny", code: string) =>
    call<unknown>("POST", `/auth/device/${decision}`, { user_code: code }),
};
