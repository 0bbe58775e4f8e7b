import type { World } from "../domains/world.ts";
import type { AuditAction } from "./audit-actions.ts";
import { type AuditCase, database, expectOk, next, nextNumber } from "./audit-case.ts";
import { PASSWORD, TestBrowser } from "./test-browser.ts";
import { oneTimeCode } from "./test-one-time-code.ts";

/** A browser with a person of its own, who is signed in. */
async function signUp(world: World): Promise<{ browser: TestBrowser; email: string }> {
  const email = `${next("person")}@example.org`;
  const browser = new TestBrowser(world, `198.51.100.${nextNumber() % 250}`);
  await expectOk(browser.logIn(email, { action: "register" }));
  return { browser, email };
}

async function turnCodesOn(browser: TestBrowser): Promise<void> {
  const { secret } = await expectOk(browser.send("POST", "/auth/codes", { password: PASSWORD }));
  await expectOk(browser.send("POST", "/auth/codes/confirm", { code: oneTimeCode(secret, Date.now()) }));
}

async function beginDevice(world: World) {
  const { browser } = await signUp(world);
  const { user_code } = await expectOk(world.send("POST", "/auth/device", { name: "CLI" }));
  return { browser, user_code };
}

export const ACCOUNT_CASES: Record<
  Extract<AuditAction, `account.${string}` | "session.revoke">,
  AuditCase | readonly AuditCase[]
> = {
  "account.register": database(async (world) => {
    const email = `${next("new")}@example.org`;
    return () => new TestBrowser(world, "203.0.113.7").logIn(email, { action: "register" });
  }),
  "account.login": [
    database(async (world) => {
      const { email } = await signUp(world);
      return () => new TestBrowser(world, "203.0.113.8").logIn(email);
    }),
    // A program's, which gets a token; by a recovery code, which is good once.
    database(async (world) => {
      const { browser, email } = await signUp(world);
      await turnCodesOn(browser);
      const renewed = await expectOk(browser.send("POST", "/auth/codes/recovery", { password: PASSWORD }));
      const [code] = renewed.recovery_codes;
      return () => world.send("POST", "/auth/login", { email, password: PASSWORD, code });
    }),
  ],
  "account.delete": {
    ...database(async (world) => {
      const who = next("leaving");
      await world.call(who, "GET", "/projects");
      return () => world.call(who, "DELETE", "/account");
    }),
    // Their workspaces go first, with events of their own.
    state: (world) => world.tryQuery((query) => query.selectFrom("user").select("email").orderBy("email")),
  },
  "account.password": [
    database(async (world) => {
      const { browser } = await signUp(world);
      return () => browser.send("PUT", "/auth/password", { current_password: PASSWORD, password: "another horse" });
    }),
    database(async (world) => {
      const { email } = await signUp(world);
      const { url } = await expectOk(world.call("root", "POST", "/auth/password/reset-link", { email }));
      const token = new URL(url).hash.slice(1);
      return () => world.send("POST", "/auth/password/reset", { token, password: "another horse" });
    }),
  ],
  "account.reset_link": database(async (world) => {
    const { email } = await signUp(world);
    return () => world.call("root", "POST", "/auth/password/reset-link", { email });
  }),
  "account.second_factor_removed": database(async (world) => {
    const { browser, email } = await signUp(world);
    await turnCodesOn(browser);
    return () => world.call("root", "POST", "/auth/password/reset-link", { email, remove_second_factor: true });
  }),
  "account.codes_on": database(async (world) => {
    const { browser } = await signUp(world);
    const { secret } = await expectOk(browser.send("POST", "/auth/codes", { password: PASSWORD }));
    return () => browser.send("POST", "/auth/codes/confirm", { code: oneTimeCode(secret, Date.now()) });
  }),
  "account.codes_off": database(async (world) => {
    const { browser } = await signUp(world);
    await turnCodesOn(browser);
    return () => browser.send("POST", "/auth/codes/off", { password: PASSWORD });
  }),
  "account.recovery_codes": database(async (world) => {
    const { browser } = await signUp(world);
    await turnCodesOn(browser);
    return () => browser.send("POST", "/auth/codes/recovery", { password: PASSWORD });
  }),
  "account.device_approve": database(async (world) => {
    const { browser, user_code } = await beginDevice(world);
    await browser.send("POST", "/auth/device/find", { user_code });
    return () => browser.send("POST", "/auth/device/approve", { user_code });
  }),
  "account.device_deny": database(async (world) => {
    const { browser, user_code } = await beginDevice(world);
    await browser.send("POST", "/auth/device/find", { user_code });
    return () => browser.send("POST", "/auth/device/deny", { user_code });
  }),
  // Made by an authenticator: `test/e2e` has one, in a browser.
  "account.passkey_added": [],
  "account.passkey_removed": database(async (world) => {
    const { browser } = await signUp(world);
    const { id: user_id } = (await browser.send("GET", "/auth/info")).body;
    const id = next("passkey");
    const row = {
      id,
      user_id,
      name: id,
      credential_id: id,
      public_key: "",
      counter: 0,
      transports: "",
      created_at: "",
    };
    await world.tryQuery((query) => query.insertInto("passkeys").values(row));
    return () => browser.send("DELETE", `/auth/passkeys/${id}`);
  }),
  // Made at a provider: `test/conformance/oidc.test.ts` has one.
  "account.provider_connected": [],
  "account.provider_disconnected": database(async (world) => {
    const { browser } = await signUp(world);
    const { id: userId } = (await browser.send("GET", "/auth/info")).body;
    const dates = { createdAt: new Date().toISOString(), updatedAt: new Date().toISOString() };
    const row = { id: next("account"), accountId: next("subject"), providerId: "oidc", userId, ...dates };
    await world.tryQuery((query) => query.insertInto("account").values(row as never));
    return () => browser.send("DELETE", "/auth/oidc/connect");
  }),
  "session.revoke": database(async (world) => {
    const { browser, email } = await signUp(world);
    await new TestBrowser(world, "203.0.113.9").logIn(email);
    return () => browser.send("DELETE", "/auth/sessions");
  }),
};
