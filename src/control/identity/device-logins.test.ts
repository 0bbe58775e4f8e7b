import { afterAll, beforeAll, expect, test } from "bun:test";
import { World } from "../domains/world.ts";
import { TestBrowser } from "./test-browser.ts";

const EMAIL = "ann@example.org";

let world: World;
let browser: TestBrowser;

beforeAll(async () => {
  world = await World.create();
  browser = new TestBrowser(world);
  await browser.logIn(EMAIL, { action: "register" });
});
afterAll(() => world[Symbol.asyncDispose]());

const begin = async () => (await world.send("POST", "/auth/device", { name: "CLI on laptop" })).body;
const redeem = (deviceCode: string) => world.send("POST", "/auth/device/token", { device_code: deviceCode });
const decide = (decision: string, userCode: string, by = browser) =>
  by.send("POST", `/auth/device/${decision}`, { user_code: userCode });

test("a program gets a token of its own once a person has let it in, and only once", async () => {
  const begun = await begin();
  expect(begun).toMatchObject({ verification_uri: "https://sites.test/device", expires_in: 900, interval: 2 });
  expect(begun.verification_uri_complete).toBe(`https://sites.test/device?user_code=${begun.user_code}`);
  expect(begun.user_code).toMatch(/^[A-HJ-NP-Z2-9]{8}$/);
  expect(await redeem(begun.device_code)).toMatchObject({ status: 400, body: { error: "authorization_pending" } });

  const typed = `${begun.user_code.slice(0, 4)}-${begun.user_code.slice(4)}`.toLowerCase();
  const found = await browser.send("POST", "/auth/device/find", { user_code: typed });
  expect(found.body).toEqual({ user_code: begun.user_code, name: "CLI on laptop", address: "127.0.0.1" });
  const { sessions } = (await browser.send("GET", "/auth/sessions")).body;
  expect((await decide("approve", typed)).status).toBe(200);
  // It has asked a moment ago.
  expect(await redeem(begun.device_code)).toMatchObject({ status: 400, body: { error: "slow_down" } });
  await world.forgetPolls();

  const { token, email } = (await redeem(begun.device_code)).body;
  expect(email).toBe(EMAIL);
  const shown = { authorization: `Bearer ${token}` };
  expect((await world.send("GET", "/auth/info", undefined, shown)).body).toMatchObject({
    email: EMAIL,
    scopes: ["admin"],
  });
  expect((await browser.send("GET", "/tokens")).body.tokens).toMatchObject([{ name: "CLI on laptop" }]);
  expect((await browser.send("GET", "/auth/sessions")).body.sessions).toHaveLength(sessions.length);
  expect(await redeem(begun.device_code)).toMatchObject({ status: 400, body: { error: "expired_token" } });
});

test("a program that is refused is told so, and no other decision counts", async () => {
  const { device_code, user_code } = await begin();
  expect((await decide("deny", user_code)).status).toBe(200);
  expect((await decide("approve", user_code)).status).toBe(404);
  expect(await redeem(device_code)).toMatchObject({ status: 400, body: { error: "access_denied" } });
});

test("a code is decided by the first who has looked it up, and by no token", async () => {
  const other = new TestBrowser(world, "192.0.2.2");
  await other.logIn("bob@example.org", { action: "register" });
  const { user_code } = await begin();
  expect((await other.send("POST", "/auth/device/find", { user_code })).status).toBe(200);
  expect((await decide("approve", user_code)).status).not.toBe(200);
  const { token } = (await world.send("POST", "/auth/login", { email: EMAIL, password: "correct horse battery" })).body;
  const shown = { authorization: `Bearer ${token}` };
  expect((await world.send("POST", "/auth/device/approve", { user_code }, shown)).status).toBe(403);
  expect((await world.send("POST", "/auth/device/approve", { user_code })).status).toBe(401);
});

test("codes that are guessed are counted", async () => {
  const guesser = new TestBrowser(world, "192.0.2.3");
  await guesser.logIn("eve@example.org", { action: "register" });
  const answers: number[] = [];
  for (let i = 0; i < 21; i++)
    answers.push((await guesser.send("POST", "/auth/device/find", { user_code: `AAAAAAA${(i % 8) + 2}` })).status);
  expect(answers).toEqual([...Array.from({ length: 20 }, () => 404), 429]);
});
