import type { Api } from "#wire";
import type { SendMessage } from "./send-message.ts";

/** The part of the API client that gets a token, and gives it back. */
export function createLoginCalls(call: SendMessage) {
  const post = <T>(path: string, body: unknown) => call<T>("POST", path, { body });
  return {
    login: (request: Api.LoginRequest) => post<Api.LoginResponse>("/auth/login", request),
    /** Begins to be let in by a browser (RFC 8628). */
    beginDeviceLogin: (name: string) => post<Api.DeviceCode>("/auth/device", { name }),
    finishDeviceLogin: (deviceCode: string) =>
      post<Api.LoginResponse>("/auth/device/token", { device_code: deviceCode }),
    /** Revokes the token that the client shows. */
    logOut: () => post<{ message: string }>("/auth/logout", {}),
  };
}
