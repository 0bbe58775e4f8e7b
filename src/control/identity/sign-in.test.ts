import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { World } from "../domains/world.ts";
import { PASSWORD, TestBrowser } from "./test-browser.ts";
import { oneTimeCode } from "./test-one-time-code.ts";

let world: World;
let people = 0;
let email = "";
let browser: TestBrowser;
let administrator: TestBrowser;

beforeAll(async () => {
  world = await World.create();
  administrator = new TestBrowser(world, "203.0.113.1");
  await administrator.logIn("root@example.org", { action: "register" });
});
afterAll(() => world[Symbol.asyncDispose]());

/** A person of their own for each test, signed in to a browser of their own. */
beforeEach(async () => {
  email = `person-${++people}@example.org`;
  browser = new TestBrowser(world, `192.0.2.${people}`);
  expect((await browser.logIn(email, { action: "register" })).status).toBe(200);
});

const whoIs = async (asked: TestBrowser) => (await asked.send("GET", "/auth/info")).body.email;

describe("cookies", () => {
  test("are __Host-, Lax, and out of the reach of scripts", async () => {
    expect([...browser.cookies.keys()].toSorted()).toEqual(["__Host-sitepod", "__Host-sitepod.browser"]);
    await new TestBrowser(world).logIn(email);
    const again = new TestBrowser(world);
    await again.logIn(email);
    for (const cookie of again.headers.getSetCookie()) {
      expect(cookie).toMatch(/^__Host-sitepod/);
      for (const part of [/; Path=\//i, /; HttpOnly/i, /; SameSite=Lax/i, /; Secure/i]) expect(cookie).toMatch(part);
      expect(cookie).not.toMatch(/domain=/i);
    }
  });

  test("change nothing where another page asks, nor does it sign anybody in", async () => {
    const origin = { origin: "https://shop.sites.test", "x-sitepod-session": "cookie" };
    expect((await browser.send("DELETE", "/auth/sessions", undefined, origin)).status).toBe(403);
    const stranger = new TestBrowser(world);
    expect((await stranger.send("POST", "/auth/login", { email, password: PASSWORD }, origin)).status).toBe(403);
    expect(stranger.cookies.size).toBe(0);
  });
});

describe("a password", () => {
  test("is changed by who knows it, and all other browsers are signed out", async () => {
    const other = new TestBrowser(world);
    await other.logIn(email);
    const change = (current: string) =>
      browser.send("PUT", "/auth/password", { current_password: current, password: "another horse" });
    expect((await change("wrong")).body).toMatchObject({ error: "unauthorized" });
    expect(await whoIs(other)).toBe(email);
    expect((await change(PASSWORD)).status).toBe(200);
    expect([await whoIs(browser), await whoIs(other)]).toEqual([email, undefined]);
    expect((await other.logIn(email)).status).toBe(401);
    expect((await other.logIn(email, { password: "another horse" })).status).toBe(200);
  });

  test("is not changed by a token, whatever it may do", async () => {
    const { token } = (await world.send("POST", "/auth/login", { email, password: PASSWORD })).body;
    const body = { current_password: PASSWORD, password: "another horse" };
    const answer = await world.send("PUT", "/auth/password", body, { authorization: `Bearer ${token}` });
    expect(answer).toMatchObject({
      status: 403,
      body: { message: "A token may not do that. Sign in to the console." },
    });
  });

  test("that is lost is set by a mailed link, once, which ends all sessions", async () => {
    const stranger = new TestBrowser(world, "198.51.100.1");
    const forgot = async (address: string) =>
      (await stranger.send("POST", "/auth/password/forgot", { email: address })).body.message;
    const before = world.mails.length;
    expect((await forgot("nobody@example.org")).replace("nobody@example.org", email)).toBe(await forgot(email));
    const [mail, ...more] = world.mails.slice(before);
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ to: email, subject: "A new password for sites.test" });
    const token = /https:\/\/sites\.test\/reset-password#(\w+)/.exec(mail!.text)![1];
    expect(mail!.html).toContain(`#${token}"`);
    const reset = (password: string) => stranger.send("POST", "/auth/password/reset", { token, password });
    expect((await reset("short")).body).toMatchObject({ error: "invalid" });
    expect((await reset("brand new words")).status).toBe(200);
    expect((await reset("brand new words 2")).body).toMatchObject({ error: "gone" });
    expect(await whoIs(browser)).toBeUndefined();
    const { events } = (await administrator.send("GET", "/audit?action=account.password&limit=1")).body;
    expect(events).toMatchObject([{ actor: email, target: "link", address: "198.51.100.1" }]);
    expect((await stranger.logIn(email, { password: "brand new words" })).status).toBe(200);
  });

  test("gets no more than three mails in a quarter of an hour", async () => {
    const codes: number[] = [];
    const victim = "flooded@example.org";
    for (let i = 0; i < 4; i++) {
      const from = new TestBrowser(world, `198.51.100.${i}`);
      codes.push((await from.send("POST", "/auth/password/forgot", { email: victim })).status);
    }
    expect(codes).toEqual([200, 200, 200, 429]);
  });

  test("is set by a link of the administrator's where there is no mail, and nobody else makes one", async () => {
    const make = (asked: TestBrowser) => asked.send("POST", "/auth/password/reset-link", { email });
    expect((await make(browser)).status).toBe(403);
    expect((await make(new TestBrowser(world))).status).toBe(401);
    const { url, expires_at } = (await make(administrator)).body;
    expect(Date.parse(expires_at) - Date.now()).toBeGreaterThan(59 * 60_000);
    const token = new URL(url).hash.slice(1);
    expect((await browser.send("POST", "/auth/password/reset", { token, password: "handed over" })).status).toBe(200);
    expect((await browser.logIn(email, { password: "handed over" })).status).toBe(200);
    expect((await administrator.send("POST", "/auth/password/reset-link", { email: "no@example.org" })).status).toBe(
      404,
    );
  });
});

describe("one-time codes", () => {
  /** Sets them up. Returns their secret and the recovery codes. */
  async function turnOn() {
    const begun = (await browser.send("POST", "/auth/codes", { password: PASSWORD })).body;
    const confirmed = await browser.send("POST", "/auth/codes/confirm", {
      code: oneTimeCode(begun.secret, Date.now()),
    });
    expect(confirmed.status).toBe(200);
    return begun as { uri: string; secret: string; recovery_codes: string[] };
  }
  /** Another step's: the one that confirmed has been used. */
  const nextCode = (secret: string) => oneTimeCode(secret, Date.now() + 30_000);
  const security = async () => (await browser.send("GET", "/auth/security")).body;

  test("are asked for only once the first was shown", async () => {
    expect((await browser.send("POST", "/auth/codes", { password: "wrong" })).body).toMatchObject({
      error: "unauthorized",
    });
    const { uri, secret } = (await browser.send("POST", "/auth/codes", { password: PASSWORD })).body;
    expect(uri).toStartWith(`otpauth://totp/SitePod%20sites.test:${encodeURIComponent(email)}?`);
    expect((await browser.send("POST", "/auth/codes/confirm", { code: "000000" })).body).toMatchObject({
      error: "unauthorized",
    });
    expect((await new TestBrowser(world).logIn(email)).status).toBe(200);
    const code = oneTimeCode(secret, Date.now());
    expect((await browser.send("POST", "/auth/codes/confirm", { code })).status).toBe(200);
    expect(await security()).toMatchObject({ one_time_codes: { recovery_codes_left: 10 } });
  });

  test("are wanted at each sign-in, and each is good once", async () => {
    const { secret } = await turnOn();
    const other = new TestBrowser(world);
    expect((await other.logIn(email)).body).toMatchObject({ error: "second_factor_required" });
    expect(await whoIs(other)).toBeUndefined();
    expect((await other.logIn(email, { code: "000000" })).body).toMatchObject({ error: "unauthorized" });
    const code = nextCode(secret);
    expect((await other.logIn(email, { code: `${code.slice(0, 3)} ${code.slice(3)}` })).status).toBe(200);
    expect(await whoIs(other)).toBe(email);
    expect((await new TestBrowser(world).logIn(email, { code })).body.message).toContain("has been used");
    const byToken = { email, password: PASSWORD };
    expect((await world.send("POST", "/auth/login", byToken)).body).toMatchObject({ error: "second_factor_required" });
  });

  test("give way to recovery codes, each of which is good once", async () => {
    const { recovery_codes } = await turnOn();
    const [first, second] = recovery_codes;
    expect((await new TestBrowser(world).logIn(email, { code: first })).status).toBe(200);
    expect((await new TestBrowser(world).logIn(email, { code: first })).body).toMatchObject({ error: "unauthorized" });
    expect(await security()).toMatchObject({ one_time_codes: { recovery_codes_left: 9 } });
    const renewed = await browser.send("POST", "/auth/codes/recovery", { password: PASSWORD });
    expect((await new TestBrowser(world).logIn(email, { code: second })).status).toBe(401);
    expect((await new TestBrowser(world).logIn(email, { code: renewed.body.recovery_codes[0] })).status).toBe(200);
  });

  test("are turned off by the password, and by an administrator for who has lost everything", async () => {
    await turnOn();
    expect((await browser.send("POST", "/auth/codes/off", { password: "wrong" })).status).toBe(401);
    expect((await browser.send("POST", "/auth/codes/off", { password: PASSWORD })).status).toBe(200);
    expect((await new TestBrowser(world).logIn(email)).status).toBe(200);
    await turnOn();
    const help = { email, remove_second_factor: true };
    expect((await administrator.send("POST", "/auth/password/reset-link", help)).status).toBe(200);
    expect((await new TestBrowser(world).logIn(email)).status).toBe(200);
    expect(await security()).toMatchObject({ one_time_codes: null });
  });

  test("that are guessed lock strangers out, and not their owner", async () => {
    const { secret } = await turnOn();
    const answers = new Set<number>();
    for (let i = 0; i < 12; i++) {
      const thief = new TestBrowser(world, `203.0.113.${100 + i}`);
      answers.add((await thief.logIn(email, { code: String(100_000 + i) })).status);
    }
    expect([...answers]).toEqual([401, 429]);
    expect((await browser.logIn(email, { code: nextCode(secret) })).status).toBe(200);
  });
});

describe("sessions", () => {
  test("go on where it cannot be written down that they were ended", async () => {
    const phone = new TestBrowser(world, "198.51.100.7");
    await phone.logIn(email);
    const { sessions } = (await browser.send("GET", "/auth/sessions")).body;
    const phones = sessions.find(({ address }: { address: string }) => address === "198.51.100.7");
    const goOn = await world.failInserts("audit_events");
    expect((await browser.send("DELETE", `/auth/sessions/${phones.id}`)).status).toBe(500);
    expect((await browser.send("DELETE", "/auth/sessions")).status).toBe(500);
    await goOn();
    expect(await whoIs(phone)).toBe(email);
  });

  test("are listed with where they come from, and signed out one by one or all others", async () => {
    const [phone, tablet] = [new TestBrowser(world, "198.51.100.7"), new TestBrowser(world, "198.51.100.8")];
    for (const other of [phone, tablet]) await other.logIn(email);
    const { sessions } = (await browser.send("GET", "/auth/sessions")).body;
    expect(sessions).toHaveLength(3);
    const own = sessions.find((session: { is_current: boolean }) => session.is_current);
    expect(own).toMatchObject({ address: `192.0.2.${people}`, user_agent: "TestBrowser/1" });
    const phones = sessions.find((session: { address: string }) => session.address === "198.51.100.7");
    expect((await administrator.send("DELETE", `/auth/sessions/${phones.id}`)).status).toBe(404);
    expect((await browser.send("DELETE", `/auth/sessions/${phones.id}`)).status).toBe(200);
    expect([await whoIs(phone), await whoIs(tablet)]).toEqual([undefined, email]);
    expect((await browser.send("DELETE", "/auth/sessions")).body).toMatchObject({ revoked: 1 });
    expect([await whoIs(browser), await whoIs(tablet)]).toEqual([email, undefined]);
  });

  test("are no session's secret to whoever reads the list", async () => {
    const { sessions } = (await browser.send("GET", "/auth/sessions")).body;
    expect(Object.keys(sessions[0]).toSorted()).toEqual([
      "address",
      "created_at",
      "expires_at",
      "id",
      "is_current",
      "last_used_at",
      "user_agent",
    ]);
    const cookie = decodeURIComponent(browser.cookies.get("__Host-sitepod")!);
    expect(cookie).not.toContain(sessions[0].id);
  });
});

describe("a token", () => {
  test("is revoked by its own log-out", async () => {
    const { token } = (await world.send("POST", "/auth/login", { email, password: PASSWORD, name: "laptop" })).body;
    const shown = { authorization: `Bearer ${token}` };
    expect((await world.send("POST", "/auth/logout", undefined, shown)).status).toBe(200);
    expect((await world.send("GET", "/auth/info", undefined, shown)).status).toBe(401);
    expect(await whoIs(browser)).toBe(email);
  });
});

describe("who guesses passwords", () => {
  const guess = async (from: TestBrowser) => (await from.logIn(email, { password: "a guess" })).status;

  test("from many addresses is slowed down, while the owner's browser and network still get in", async () => {
    const answers: number[] = [];
    for (let i = 0; i < 12; i++) answers.push(await guess(new TestBrowser(world, `203.0.113.${50 + i}`)));
    expect(answers).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    expect((await new TestBrowser(world, "198.51.100.99").logIn(email)).status).toBe(429);
    const atHome = new TestBrowser(world, `192.0.2.${people}`);
    expect((await atHome.logIn(email)).status).toBe(200);
    const traveller = new TestBrowser(world, "198.51.100.98");
    traveller.cookies.set("__Host-sitepod.browser", browser.cookies.get("__Host-sitepod.browser")!);
    expect((await traveller.logIn(email)).status).toBe(200);
  });

  test("at a known place is slowed down too", async () => {
    const answers = new Set<number>();
    for (let i = 0; i < 11; i++) answers.add(await guess(browser));
    expect([...answers]).toEqual([401, 429]);
  });

  test("makes no place known by trying", async () => {
    const thief = new TestBrowser(world, "203.0.113.90");
    await guess(thief);
    for (let i = 0; i < 9; i++) await guess(new TestBrowser(world, `203.0.113.${70 + i}`));
    expect(await guess(thief)).toBe(429);
  });
});
