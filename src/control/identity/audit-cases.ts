import { encodeManifest } from "#model";
import { hashBytes } from "#store";
import type { Answer, World } from "../domains/world.ts";
import type { AuditAction } from "./audit-actions.ts";
import { PASSWORD, TestBrowser } from "./test-browser.ts";
import { oneTimeCode } from "./test-one-time-code.ts";

/** How something comes about that the audit log tells of. */
export interface AuditCase {
  /** What makes the change: where it is the store, it stays, and its event follows; nothing: there is nothing to undo. */
  readonly by: "database" | "store" | "nothing";
  /** Gets everything ready. Returns what does it, which can be done again after it failed. */
  readonly prepare: (world: World) => Promise<() => Promise<Answer | void>>;
  /** Whether it cannot be done again where the store refused: what was sent for it has been taken. */
  readonly isSpent?: boolean;
  /** Where other things happen with it that stay: what must not have changed. */
  readonly state?: (world: World) => Promise<unknown>;
}

const GONE = { kind: "answered", status: 410, text: "", retryAfterMs: 0 } as const;

let count = 0;
const next = (word: string): string => `${word}-${++count}`;
const database = (prepare: AuditCase["prepare"]): AuditCase => ({ by: "database", prepare });
const store = (prepare: AuditCase["prepare"]): AuditCase => ({ by: "store", prepare });

async function expectOk(asked: Promise<Answer>): Promise<Answer["body"]> {
  const { status, body } = await asked;
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body;
}

/** A browser with a person of its own, who is signed in. */
async function signUp(world: World): Promise<{ browser: TestBrowser; email: string }> {
  const email = `${next("person")}@example.org`;
  const browser = new TestBrowser(world, `198.51.100.${count % 250}`);
  await expectOk(browser.logIn(email, { action: "register" }));
  return { browser, email };
}

async function turnCodesOn(browser: TestBrowser): Promise<void> {
  const { secret } = await expectOk(browser.send("POST", "/auth/codes", { password: PASSWORD }));
  await expectOk(browser.send("POST", "/auth/codes/confirm", { code: oneTimeCode(secret, Date.now()) }));
}

const ownWorkspace = async (world: World): Promise<string> =>
  (await world.call("ann", "GET", "/workspaces")).body.workspaces.find((one: { is_own: boolean }) => one.is_own).id;

/** A site of Ann's with two releases, the first of them in prod. */
async function makeSite(world: World): Promise<{ project: string; imageId: string }> {
  const project = next("site");
  const { body } = await world.deploy("ann", project, { "index.html": project });
  await expectOk(world.call("ann", "POST", "/release", { project, environment: "prod" }));
  await world.deploy("ann", project, { "index.html": `${project} again` });
  return { project, imageId: body.image_id };
}

async function makePreview(world: World) {
  const { project, imageId } = await makeSite(world);
  await expectOk(world.call("ann", "POST", "/preview", { project, image_id: imageId, slug: "look" }));
  return project;
}

async function makeDomain(world: World, isVerified: boolean) {
  const { project } = await makeSite(world);
  const domain = `${next("www")}.example.com`;
  await world.addProved("ann", project, domain);
  if (isVerified) await expectOk(world.call("ann", "POST", `/domains/${domain}/verify`));
  return { project, domain };
}

/** What Bob has asked for, a developer of the site: the id of his request. */
async function askForApproval(world: World): Promise<{ project: string; ask: () => Promise<Answer> }> {
  const { project } = await makeSite(world);
  const invitation = await invite(world, { role: null, sites: [{ project, role: "developer" }] });
  await expectOk(world.call("bob", "POST", "/invitations/accept", { invitation }));
  const guard = { kind: "approval" };
  await expectOk(world.call("ann", "PUT", "/guards", { project, environment: "prod", guard }));
  return { project, ask: () => world.call("bob", "POST", "/release", { project, environment: "prod" }) };
}

const decide = (who: string, word: string) =>
  database(async (world) => {
    const { ask } = await askForApproval(world);
    const id = (await ask()).body.approval_id;
    return () => world.call(who, "POST", `/approvals/${id}/${word}`, {});
  });

async function invite(world: World, request: object): Promise<string> {
  const path = `/workspaces/${await ownWorkspace(world)}/invitations`;
  return (await expectOk(world.call("ann", "POST", path, request))).url.split("#")[1];
}

/** Somebody who is a viewer of Ann's workspace: the path of the membership. */
async function makeMember(world: World): Promise<{ who: string; path: string; workspace: string }> {
  const who = next("member");
  const invitation = await invite(world, { role: "viewer" });
  await expectOk(world.call(who, "POST", "/invitations/accept", { invitation }));
  const { user_id } = (await world.call(who, "GET", "/auth/info")).body;
  const id = user_id ?? (await world.call(who, "GET", "/auth/info")).body.id;
  const workspace = await ownWorkspace(world);
  return { who, path: `/workspaces/${workspace}/members/${id}`, workspace };
}

async function addWebhook(world: World): Promise<{ path: string }> {
  const path = `/workspaces/${await ownWorkspace(world)}/webhooks`;
  const url = `https://hook.example.com/${next("hook")}`;
  const { id } = await expectOk(world.call("ann", "POST", path, { url, events: ["environment.released"] }));
  return { path: `${path}/${id}` };
}

async function beginDevice(world: World) {
  const { browser } = await signUp(world);
  const { user_code } = await expectOk(world.send("POST", "/auth/device", { name: "CLI" }));
  return { browser, user_code };
}

/** Of each action, how it comes about. */
export const AUDIT_CASES: Record<AuditAction, AuditCase | readonly AuditCase[]> = {
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

  "token.create": database(async (world) => () => world.call("ann", "POST", "/tokens", { name: next("token") })),
  "token.revoke": database(async (world) => {
    const { id } = await expectOk(world.call("ann", "POST", "/tokens", { name: next("token") }));
    return () => world.call("ann", "DELETE", `/tokens/${id}`);
  }),
  "workspace.create": database(
    async (world) => () => world.call("ann", "POST", "/workspaces", { name: next("Workspace") }),
  ),
  "workspace.rename": database(async (world) => {
    const { id } = await expectOk(world.call("ann", "POST", "/workspaces", { name: next("Workspace") }));
    return () => world.call("ann", "PUT", `/workspaces/${id}`, { name: next("Renamed") });
  }),
  "workspace.delete": database(async (world) => {
    const { id } = await expectOk(world.call("ann", "POST", "/workspaces", { name: next("Workspace") }));
    return () => world.call("ann", "DELETE", `/workspaces/${id}`);
  }),
  "invitation.create": database(async (world) => {
    const path = `/workspaces/${await ownWorkspace(world)}/invitations`;
    return () => world.call("ann", "POST", path, { role: "viewer" });
  }),
  "invitation.revoke": database(async (world) => {
    const path = `/workspaces/${await ownWorkspace(world)}/invitations`;
    const { id } = await expectOk(world.call("ann", "POST", path, { role: "viewer" }));
    return () => world.call("ann", "DELETE", `${path}/${id}`);
  }),
  "member.join": database(async (world) => {
    const invitation = await invite(world, { role: "viewer" });
    const who = next("member");
    await world.call(who, "GET", "/projects");
    return () => world.call(who, "POST", "/invitations/accept", { invitation });
  }),
  "member.change": database(async (world) => {
    const { path } = await makeMember(world);
    return () => world.call("ann", "PUT", path, { role: "developer", sites: [] });
  }),
  "member.remove": database(async (world) => {
    const { path } = await makeMember(world);
    return () => world.call("ann", "DELETE", path);
  }),
  "member.leave": database(async (world) => {
    const { who, workspace } = await makeMember(world);
    return () => world.call(who, "POST", `/workspaces/${workspace}/leave`);
  }),
  "quota.set": database(async (world) => {
    const path = `/quotas/${await ownWorkspace(world)}`;
    return () => world.call("root", "PUT", path, { max_sites: 1000 + ++count });
  }),
  "webhook.create": database(async (world) => {
    const path = `/workspaces/${await ownWorkspace(world)}/webhooks`;
    return () => world.call("ann", "POST", path, { url: "https://hook.example.com/all" });
  }),
  "webhook.update": database(async (world) => {
    const { path } = await addWebhook(world);
    return () => world.call("ann", "PUT", path, { is_enabled: false });
  }),
  "webhook.delete": database(async (world) => {
    const { path } = await addWebhook(world);
    return () => world.call("ann", "DELETE", path);
  }),
  "webhook.test": database(async (world) => {
    const { path } = await addWebhook(world);
    return () => world.call("ann", "POST", `${path}/test`);
  }),
  "webhook.redeliver": database(async (world) => {
    const { path } = await addWebhook(world);
    const { id } = await expectOk(world.call("ann", "POST", `${path}/test`));
    return () => world.call("ann", "POST", `${path}/deliveries/${id}/redeliver`);
  }),
  "webhook.disable": {
    ...database(async (world) => {
      await world.tryQuery((query) => query.deleteFrom("webhooks"));
      await addWebhook(world);
      await makeSite(world);
      return async () => {
        world.receiver.answer = () => GONE;
        world.nowMs += 60 * 60_000;
        await world.deliverWebhooks();
      };
    }),
    // When it is tried again.
    state: (world) => world.tryQuery((query) => query.selectFrom("webhooks").select("is_enabled")),
  },

  "guard.set": database(async (world) => {
    const { project } = await makeSite(world);
    const guard = { kind: "lock", reason: "Friday" };
    return () => world.call("ann", "PUT", "/guards", { project, environment: "prod", guard });
  }),
  "guard.remove": database(async (world) => {
    const { project } = await makeSite(world);
    const set = (guard: object | null) => world.call("ann", "PUT", "/guards", { project, environment: "prod", guard });
    await expectOk(set({ kind: "lock", reason: "Friday" }));
    return () => set(null);
  }),
  "approval.request": database(async (world) => (await askForApproval(world)).ask),
  "approval.refuse": decide("ann", "refuse"),
  "approval.withdraw": decide("bob", "refuse"),
  "approval.approve": { ...decide("ann", "approve"), by: "store" },

  "domain.add": database(async (world) => {
    const { project } = await makeSite(world);
    const domain = `${next("www")}.example.com`;
    return () => world.call("ann", "POST", "/domains", { project, domain });
  }),
  "domain.verify": database(async (world) => {
    const { domain } = await makeDomain(world, false);
    return () => world.call("ann", "POST", `/domains/${domain}/verify`);
  }),
  "domain.remove": database(async (world) => {
    const { domain } = await makeDomain(world, true);
    return () => world.call("ann", "DELETE", `/domains/${domain}`);
  }),
  "domain.release": database(async (world) => {
    const { project, domain } = await makeDomain(world, true);
    await expectOk(world.call("ann", "DELETE", `/projects/${project}`));
    const [who, other] = [next("person"), next("site")];
    await world.deploy(who, other, { "index.html": other });
    await world.addProved(who, other, domain);
    // Whose site is in the bin gives the domain up to who proves it.
    return () => world.call(who, "POST", `/domains/${domain}/verify`);
  }),

  "site.create": store(async (world) => {
    const files = [{ path: "index.html", blake3: "0".repeat(64), size: 1 }];
    const project = next("site");
    return () => world.call("ann", "POST", "/plan", { project, files });
  }),
  "site.delete": store(async (world) => {
    const { project } = await makeSite(world);
    return () => world.call("ann", "DELETE", `/projects/${project}`);
  }),
  "site.restore": store(async (world) => {
    const { project } = await makeSite(world);
    await expectOk(world.call("ann", "DELETE", `/projects/${project}`));
    return () => world.call("ann", "POST", `/bin/${project}/restore`);
  }),
  "site.purge": database(async (world) => {
    const { project } = await makeSite(world);
    return () => world.call("ann", "DELETE", `/projects/${project}?for_good=true`);
  }),
  "site.rename": {
    ...database(async (world) => {
      const { project } = await makeSite(world);
      return () => world.call("ann", "PUT", `/domains/rename?project=${project}`, { new_subdomain: next("label") });
    }),
    // The new label is made whole before the site has it.
    state: async (world) =>
      (await world.call("ann", "GET", "/projects")).body.map((site: { subdomain: string }) => site.subdomain),
  },
  "site.export": {
    by: "nothing",
    prepare: async (world) => {
      const { project } = await makeSite(world);
      return () => world.call("ann", "GET", `/projects/${project}/export`);
    },
  },
  "site.import": {
    isSpent: true,
    ...store(async (world) => {
      const { import_id } = await expectOk(world.call("ann", "POST", "/imports", { project: next("site") }));
      const page = new TextEncoder().encode(import_id);
      const entry = { path: "index.html", digest: hashBytes(page), size: page.length, type: "text/html" };
      const manifest = encodeManifest([entry]);
      for (const bytes of [manifest, page]) {
        await expectOk(world.call("ann", "POST", `/imports/${import_id}/contents/${hashBytes(bytes)}`, bytes));
      }
      const release = {
        version: 1,
        manifest: hashBytes(manifest),
        created_at: "2026-01-02T03:04:05.000Z",
        trigger: "cli",
      };
      const environments = { prod: { version: 1, protected: true } };
      const body = { releases: [release], environments, protected: false };
      return () => world.call("ann", "POST", `/imports/${import_id}/commit`, body);
    }),
  },
  "site.retention": [
    store(async (world) => {
      const { project } = await makeSite(world);
      return () => world.call("ann", "PUT", `/projects/${project}/retention`, { keep_releases: 7 });
    }),
    store(async (world) => {
      const { project } = await makeSite(world);
      await expectOk(world.call("ann", "PUT", `/projects/${project}/retention`, { keep_days: 7 }));
      return () => world.call("ann", "DELETE", `/projects/${project}/retention`);
    }),
  ],
  "release.create": store(async (world) => {
    const project = next("site");
    return () => world.deploy("ann", project, { "index.html": project });
  }),
  "release.remove": {
    ...database(async (world) => {
      const { project } = await makeSite(world);
      for (const text of ["three", "four"]) await world.deploy("ann", project, { "index.html": `${project} ${text}` });
      await expectOk(world.call("ann", "PUT", `/projects/${project}/retention`, { keep_releases: 1 }));
      world.nowMs += 2 * 24 * 60 * 60_000;
      return async () => void (await world.call("root", "POST", "/gc"));
    }),
    // The collection goes on with what there is beside, and has an event of its own.
    state: (world) =>
      world.tryQuery((query) => query.selectFrom("releases").select(["site_id", "version", "removed_at"])),
  },
  "environment.release": [
    store(async (world) => {
      const { project } = await makeSite(world);
      return () => world.call("ann", "POST", "/release", { project, environment: "prod" });
    }),
    store(async (world) => {
      const project = next("site");
      await world.deploy("ann", project, { "index.html": project });
      return () => world.call("ann", "POST", "/release", { project, environment: "beta", password: PASSWORD });
    }),
  ],
  "environment.rollback": store(async (world) => {
    const { project } = await makeSite(world);
    await expectOk(world.call("ann", "POST", "/release", { project, environment: "prod" }));
    return () => world.call("ann", "POST", "/rollback", { project, environment: "prod" });
  }),
  "preview.create": store(async (world) => {
    const { project, imageId } = await makeSite(world);
    return () => world.call("ann", "POST", "/preview", { project, image_id: imageId, slug: "look" });
  }),
  "preview.delete": store(async (world) => {
    const project = await makePreview(world);
    return () => world.call("ann", "DELETE", `/previews/look?project=${project}`);
  }),
  "access.protect": [
    store(async (world) => {
      const { project } = await makeSite(world);
      return () => world.call("ann", "PUT", "/access", { project, environment: "prod", password: PASSWORD });
    }),
    store(async (world) => {
      const project = await makePreview(world);
      return () => world.call("ann", "PUT", "/access", { project, preview: "look" });
    }),
  ],
  "access.open": store(async (world) => {
    const { project } = await makeSite(world);
    const set = (password: string | null) =>
      world.call("ann", "PUT", "/access", { project, environment: "prod", password });
    await expectOk(set(PASSWORD));
    return () => set(null);
  }),
  "access.link": {
    by: "nothing",
    prepare: async (world) => {
      const { project } = await makeSite(world);
      await expectOk(world.call("ann", "PUT", "/access", { project, environment: "prod", password: PASSWORD }));
      return () => world.call("ann", "POST", "/access/link", { project, environment: "prod", expires_in: 3600 });
    },
  },
  "server.gc": { by: "store", prepare: async (world) => () => world.call("root", "POST", "/gc") },
  "server.cleanup": { by: "store", prepare: async (world) => () => world.call("root", "POST", "/cleanup") },
};
