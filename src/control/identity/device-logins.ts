import { SitepodError } from "#model";
import type { Api } from "#wire";
import type { Context } from "../context.ts";
import type { Identity } from "./better-auth.ts";
import { type Client, headersOf } from "./client.ts";

/** The grant's name in RFC 8628, 3.4. */
const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";
/** All programs are one client: nobody registers them, and a person says whether to let one in. */
const CLIENT_ID = "sitepod";

/** Programs that are let in by a person in a browser: the device authorization grant of RFC 8628. */
export interface DeviceLogins {
  begin(name: string, address: string | null): Promise<Api.DeviceCode>;
  /**
   * Returns who has let the program in, and what it calls itself; each code is redeemed once. Throws SitepodError by the
   * grant's own codes: `authorization_pending`, `slow_down`, `access_denied`, `expired_token`.
   */
  redeem(deviceCode: string): Promise<{ readonly userId: string; readonly name: string }>;
  /** What waits under a code that a person typed. From then on it is theirs to decide. Throws SitepodError `not_found`. */
  find(userCode: string, client: Client): Promise<Api.DeviceRequest>;
  /** Throws SitepodError: `not_found`, `conflict` where it has been decided. */
  decide(userCode: string, decision: "approve" | "deny", client: Client): Promise<void>;
}

export function createDeviceLogins(context: Context, identity: Identity): DeviceLogins {
  const { query } = context.db;
  const rowOf = (column: "deviceCode" | "userCode", code: string) =>
    query
      .selectFrom("deviceCode")
      .where(column, "=", code)
      .select(["name", "address", "userId", "expiresAt", "status"])
      .executeTakeFirst();

  return {
    async begin(name, address) {
      const auth = await identity();
      const { device_code, user_code, ...rest } = await auth.api.deviceCode({ body: { client_id: CLIENT_ID } });
      await query.updateTable("deviceCode").set({ name, address }).where("deviceCode", "=", device_code).execute();
      return { ...rest, device_code, user_code };
    },
    async redeem(deviceCode) {
      const auth = await identity();
      const row = await rowOf("deviceCode", deviceCode);
      const body = { grant_type: GRANT_TYPE, device_code: deviceCode, client_id: CLIENT_ID } as const;
      const { access_token } = await asGrantErrors(() => auth.api.deviceToken({ body }));
      // What is given here is a token of ours; no browser wants the session.
      const session = await query
        .deleteFrom("session")
        .where("token", "=", access_token)
        .returning("userId")
        .executeTakeFirstOrThrow();
      return { userId: session.userId, name: row?.name ?? "login" };
    },
    async find(userCode, client) {
      const auth = await identity();
      const code = normalize(userCode);
      await asGrantErrors(() => auth.api.deviceVerify({ query: { user_code: code }, headers: headersOf(client) }));
      const row = await rowOf("userCode", code);
      if (!row || row.status !== "pending") throw notWaiting();
      return { user_code: code, name: row.name ?? "", address: row.address };
    },
    async decide(userCode, decision, client) {
      const auth = await identity();
      const request = { body: { userCode: normalize(userCode) }, headers: headersOf(client) };
      await asGrantErrors(() =>
        decision === "approve" ? auth.api.deviceApprove(request) : auth.api.deviceDeny(request),
      );
    },
  };
}

/** As people type it: in small letters, with a dash. */
const normalize = (userCode: string): string => userCode.replaceAll(/[^a-zA-Z0-9]/g, "").toUpperCase();

const notWaiting = () =>
  new SitepodError("not_found", "Nothing waits under this code: it is another, has expired, or has been answered.");

/** The plugin's refusals in our words. What is not a refusal is thrown on. */
async function asGrantErrors<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const { statusCode, body } = error as { statusCode?: number; body?: { error?: string } };
    if (statusCode === undefined || statusCode >= 500) throw error;
    switch (body?.error) {
      case "authorization_pending":
        throw new SitepodError("authorization_pending", "Nobody has let this program in yet. Ask again.");
      case "slow_down":
        throw new SitepodError("slow_down", "This program asks too often. Wait five seconds longer each time.");
      case "access_denied":
        throw new SitepodError("access_denied", "It was refused in the browser.");
      case "expired_token":
      case "invalid_grant":
        throw new SitepodError("expired_token", "The code has expired. Begin again.");
      case "unauthorized":
        throw new SitepodError("unauthorized", "You are not logged in.");
      default:
        throw notWaiting();
    }
  }
}
