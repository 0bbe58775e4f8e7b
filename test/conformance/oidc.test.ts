import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { World } from "../../src/control/domains/world.ts";
import { TestBrowser } from "../../src/control/identity/test-browser.ts";
import { type OidcProvider, startOidcProvider } from "../harness/oidc-provider.ts";

const CALLBACK = "https://sites.test/api/v1/auth/callback/oidc";

let provider: OidcProvider;
let world: World;

beforeAll(async () => {
  provider = await startOidcProvider(CALLBACK);
  world = await World.create();
  await new TestBrowser(world).logIn("root@example.org", { action: "register" });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});
beforeEach(() => configure());

const configure = (signUpDomains: readonly string[] = [], issuer = provider.issuer, signUpIsOpen = false) =>
  world.restart({
    signUpIsOpen,
    oidc: { ...provider, name: "Example ID", issuer, signUpDomains },
  });

/** A browser at the provider: it keeps cookies, and goes wherever it is sent until that is the console. */
async function passProvider(start: string, subject: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let request = new Request(start);
  for (let step = 0; step < 20; step++) {
    request.headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const answer = await fetch(request, { redirect: "manual" });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      cookies.set(name!, value!);
    }
    const location = answer.headers.get("location");
    if (location !== null) {
      const next = new URL(location, request.url);
      if (next.origin !== provider.issuer) return next;
      request = new Request(next);
      continue;
    }
    // The provider's own forms: who it is, then whether this server may know.
    const page = await answer.text();
    const form = new URLSearchParams(
      page.includes('name="login"') ? { prompt: "login", login: subject, password: "any" } : { prompt: "consent" },
    );
    const action = /action="([^"]+)"/.exec(page)![1]!;
    request = new Request(new URL(action, request.url), { method: "POST", body: form });
  }
  throw new Error("The provider leads nowhere");
}

/** Signs in by the provider. Returns where the console goes next. */
async function signIn(browser: TestBrowser, subject: string, body: object = {}): Promise<string> {
  const begun = await browser.send("POST", "/auth/oidc", body);
  expect(begun.status).toBe(200);
  return await comeBack(browser, await passProvider(begun.body.url, subject));
}

async function comeBack(browser: TestBrowser, callback: URL): Promise<string> {
  expect(`${callback.origin}${callback.pathname}`).toBe(CALLBACK);
  const answer = await browser.send("GET", `/auth/callback/oidc${callback.search}`);
  expect(answer.status).toBe(302);
  return browser.headers.get("location")!;
}

const whoIs = async (browser: TestBrowser) => (await browser.send("GET", "/auth/info")).body.email;

describe("somebody whom the provider knows and this server does not", () => {
  test("gets an account where their domain is named, and comes back to it", async () => {
    await configure(["example.org"]);
    provider.people.set("ann", { email: "Ann@example.org", email_verified: true });
    const browser = new TestBrowser(world);
    expect(await signIn(browser, "ann", { return_to: "/device?user_code=ABC" })).toBe(
      "https://sites.test/device?user_code=ABC",
    );
    expect(browser.headers.getSetCookie().join("\n")).toContain("__Host-sitepod=");
    expect(await whoIs(browser)).toBe("ann@example.org");
    const again = new TestBrowser(world);
    provider.people.set("ann", { email: "ann.married@example.org", email_verified: true });
    expect(await signIn(again, "ann")).toBe("https://sites.test/");
    expect(await whoIs(again)).toBe("ann@example.org");
    expect((await again.send("GET", "/audit")).body.events[0]).toMatchObject({
      action: "account.login",
      target: "provider",
    });
  });

  test.each([
    ["where sign-up is closed", "bob@example.org", true, [], "sign_up_closed"],
    ["of another domain", "bob@example.com", true, ["example.org"], "sign_up_closed"],
    ["of a domain that only ends alike", "bob@not-example.org", true, ["example.org"], "sign_up_closed"],
    ["whose address the provider has not verified", "bob@example.org", false, ["*"], "email_not_verified"],
  ])("gets none %s", async (_, email, verified, domains, error) => {
    await configure(domains as string[]);
    provider.people.set("bob", { email, email_verified: verified });
    const browser = new TestBrowser(world);
    expect(await signIn(browser, "bob")).toStartWith(`https://sites.test/?error=${error}`);
    expect(await whoIs(browser)).toBeUndefined();
  });

  test("gets none where their sign-in cannot be written down, and one the next time", async () => {
    await configure(["example.org"]);
    provider.people.set("ida", { email: "ida@example.org", email_verified: true });
    const browser = new TestBrowser(world);
    const callback = await passProvider((await browser.send("POST", "/auth/oidc", {})).body.url, "ida");
    const before = await world.snapshot();
    const goOn = await world.failInserts("audit_events");
    expect((await browser.send("GET", `/auth/callback/oidc${callback.search}`)).status).toBe(500);
    await goOn();
    expect(await world.snapshot()).toBe(before);
    expect(await signIn(browser, "ida")).toBe("https://sites.test/");
  });

  test("gets one where anybody may register", async () => {
    await configure([], provider.issuer, true);
    provider.people.set("cid", { email: "cid@example.net", email_verified: true });
    const browser = new TestBrowser(world);
    expect(await signIn(browser, "cid")).toBe("https://sites.test/");
    expect((await browser.send("GET", "/auth/security")).body).toMatchObject({
      has_password: false,
      provider: { name: "Example ID", is_connected: true },
    });
    expect((await browser.send("DELETE", "/auth/oidc/connect")).body).toMatchObject({ error: "conflict" });
    expect((await browser.send("PUT", "/auth/password", { password: "words of my own" })).status).toBe(200);
    expect((await browser.send("DELETE", "/auth/oidc/connect")).status).toBe(200);
  });
});

describe("an account with a password", () => {
  test("is not taken over by an address alone, and is connected by its owner", async () => {
    await configure(["*"], provider.issuer, true);
    const owner = new TestBrowser(world);
    await owner.logIn("dora@example.org", { action: "register" });
    provider.people.set("dora", { email: "dora@example.org", email_verified: true });
    const stranger = new TestBrowser(world);
    expect(await signIn(stranger, "dora")).toBe("https://sites.test/?error=account_not_linked");
    expect(await whoIs(stranger)).toBeUndefined();

    const begun = await owner.send("POST", "/auth/oidc/connect", {});
    const callback = await passProvider(begun.body.url, "dora");
    const goOn = await world.failInserts("audit_events");
    expect((await owner.send("GET", `/auth/callback/oidc${callback.search}`)).status).toBe(500);
    await goOn();
    expect((await owner.send("GET", "/auth/security")).body.provider.is_connected).toBe(false);
    const again = await owner.send("POST", "/auth/oidc/connect", {});
    expect(await comeBack(owner, await passProvider(again.body.url, "dora"))).toBe("https://sites.test/security");
    const { events } = (await owner.send("GET", "/audit?action=account.*")).body;
    expect(events.map(({ action }: { action: string }) => action)).toEqual([
      "account.provider_connected",
      "account.register",
    ]);
    expect(await signIn(stranger, "dora")).toBe("https://sites.test/");
    expect(await whoIs(stranger)).toBe("dora@example.org");
  });

  test("is not connected with what another account is connected with", async () => {
    await configure(["*"], provider.issuer, true);
    provider.people.set("erin", { email: "erin@example.org", email_verified: true });
    await signIn(new TestBrowser(world), "erin");
    const other = new TestBrowser(world);
    await other.logIn("frank@example.org", { action: "register" });
    const begun = await other.send("POST", "/auth/oidc/connect", {});
    const after = await comeBack(other, await passProvider(begun.body.url, "erin"));
    expect(after).toStartWith("https://sites.test/security?error=account_already_linked_to_different_user");
  });
});

describe("the provider's answer", () => {
  test("counts in the browser alone that has asked, and once", async () => {
    await configure(["*"]);
    provider.people.set("gus", { email: "gus@example.org", email_verified: true });
    const [browser, other] = [new TestBrowser(world), new TestBrowser(world)];
    const callback = await passProvider((await browser.send("POST", "/auth/oidc", {})).body.url, "gus");
    expect(await comeBack(other, callback)).toContain("error=state_mismatch");
    expect(await whoIs(other)).toBeUndefined();
    expect(await comeBack(browser, callback)).not.toContain("error=");
    expect(await comeBack(browser, callback)).toContain("error=");
  });

  test("leaves no token of the provider's behind", async () => {
    await configure(["*"]);
    provider.people.set("hal", { email: "hal@example.org", email_verified: true });
    await signIn(new TestBrowser(world), "hal");
    await signIn(new TestBrowser(world), "hal");
    expect(await world.providerTokens()).toEqual([]);
  });

  test("leads to pages of the console only", async () => {
    for (const return_to of ["//evil.test", "https://evil.test", "/\\evil.test", "evil"]) {
      expect((await new TestBrowser(world).send("POST", "/auth/oidc", { return_to })).status).toBe(400);
    }
  });
});

test("a provider that does not answer, or is another, stops nobody who signs in by a password", async () => {
  for (const issuer of ["http://127.0.0.1:1", `${provider.issuer}/`]) {
    await configure([], issuer);
    const browser = new TestBrowser(world);
    expect((await browser.send("POST", "/auth/oidc", {})).body).toMatchObject({
      error: "unavailable",
      message: "Example ID does not answer as a provider of OpenID Connect. Sign in another way.",
    });
    expect((await browser.logIn("root@example.org")).status).toBe(200);
  }
});

test("another site's page does not begin a sign-in", async () => {
  const browser = new TestBrowser(world);
  expect((await browser.send("POST", "/auth/oidc", {}, { origin: "https://shop.sites.test" })).status).toBe(403);
});
