import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { oneTimeCode } from "../../src/control/identity/test-one-time-code.ts";
import { callApi, register } from "../harness/account.ts";
import { chromiumPath, startBrowser } from "../harness/browser.ts";
import { type CommandLine, commandLine } from "../harness/command-line.ts";
import { writeTree } from "../harness/file-tree.ts";
import { findFreePorts } from "../harness/free-ports.ts";
import { type OidcProvider, startOidcProvider } from "../harness/oidc-provider.ts";
import { watchForComplaints } from "../harness/page-complaints.ts";
import { readPublicKey } from "../harness/public-key.ts";
import { executable } from "../harness/repository.ts";
import { startProcess } from "../harness/running-process.ts";
import { type SmtpServer, startSmtp } from "../harness/smtp-server.ts";
import { startTlsServer, type TlsServer } from "../harness/tls-server.ts";
import { addVirtualAuthenticator } from "../harness/virtual-authenticator.ts";
import { waitUntil } from "../harness/wait-until.ts";

const DOMAIN = "sites.test";
const EMAIL = "ada@example.com";
const NEW_PASSWORD = "words that nobody has used";

/** One person's ways in, in a browser, over HTTPS: each test goes on where the one before it ended. */
describe.skipIf(chromiumPath === undefined)("signing in, in a browser (needs Chromium),", () => {
  let server: TlsServer;
  let smtp: SmtpServer;
  let provider: OidcProvider;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let shell: CommandLine;
  let origin = "";
  let api = "";
  let password = "";
  let secret = "";
  const usedCodes = new Set<string>();
  const complaints: string[] = [];

  beforeAll(async () => {
    const [port] = (await findFreePorts(1)) as [number];
    origin = `https://${DOMAIN}:${port}`;
    smtp = await startSmtp();
    provider = await startOidcProvider(`${origin}/api/v1/auth/callback/oidc`);
    server = await startTlsServer([DOMAIN, `shop.${DOMAIN}`], {
      domain: DOMAIN,
      flags: ["--https-port", String(port)],
      env: {
        SITEPOD_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
        SITEPOD_MAIL_FROM: "SitePod <sitepod@sites.test>",
        SITEPOD_OIDC_ISSUER: provider.issuer,
        SITEPOD_OIDC_CLIENT_ID: provider.clientId,
        SITEPOD_OIDC_CLIENT_SECRET: provider.clientSecret,
        SITEPOD_OIDC_NAME: "Example ID",
        SITEPOD_OIDC_SIGN_UP: "example.com",
      },
    });
    api = `http://127.0.0.1:${server.httpPort}`;
    const account = await register(api, EMAIL);
    ({ password } = account);
    shell = await commandLine({ endpoint: api, token: account.token });
    const keys = await Promise.all([DOMAIN, `shop.${DOMAIN}`].map((name) => readPublicKey(port, name)));
    browser = await startBrowser(DOMAIN, keys);
    [context, page] = await open();
    await addVirtualAuthenticator(page);
    watchForComplaints(page, complaints, { takesErrors: false });
  });

  afterAll(async () => {
    await shell?.[Symbol.asyncDispose]();
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
    await provider?.[Symbol.asyncDispose]();
    await smtp?.[Symbol.asyncDispose]();
  });

  /** A browser of its own, which shares nothing with others. */
  async function open(): Promise<[BrowserContext, Page]> {
    const own = await browser.newContext({ baseURL: origin });
    return [own, await own.newPage()];
  }
  async function typePassword(on = page) {
    await on.getByLabel("E-mail").fill(EMAIL);
    await on.getByLabel("Password", { exact: true }).fill(password);
    await on.getByRole("button", { name: "Sign in", exact: true }).click();
  }
  /** A code that nobody has signed in with: each is good once, and the server takes that of the next step too. */
  function freshCode(): string {
    const codes = [0, 30_000].map((aheadMs) => oneTimeCode(secret, Date.now() + aheadMs));
    const code = codes.find((one) => !usedCodes.has(one))!;
    usedCodes.add(code);
    return code;
  }
  /** Waits until a page has a text. */
  const says = (on: Page, text: string) => on.getByText(text).waitFor().catch(tellWhatIsThere(on));
  const tellWhatIsThere = (on: Page) => async (cause: unknown) => {
    throw new Error(`It is not there. The page says: ${await on.locator("body").innerText()}`, { cause });
  };
  async function typeCode(on: Page, code: string) {
    await on.getByLabel("Code").fill(code).catch(tellWhatIsThere(on));
    await on.getByRole("button", { name: "Sign in", exact: true }).click();
  }
  async function logOut() {
    await page.goto("/account");
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  }
  const isIn = (on = page) => on.getByRole("link", { name: "Account" }).waitFor();
  const section = (name: string) => page.getByRole("region", { name, exact: true });

  test("by a password leaves a cookie that sites below the domain can neither read nor set", async () => {
    await page.goto("/");
    await typePassword();
    await isIn();
    const cookies = (await context.cookies()).filter(({ name }) => name.startsWith("__Host-sitepod"));
    expect(cookies.map(({ name }) => name).toSorted()).toEqual(["__Host-sitepod", "__Host-sitepod.browser"]);
    for (const cookie of cookies) {
      expect(cookie).toMatchObject({ domain: DOMAIN, path: "/", secure: true, httpOnly: true, sameSite: "Lax" });
    }
  });

  test("by a passkey needs no password", async () => {
    await page.goto("/security");
    await section("Passkeys").getByRole("button", { name: "Add a passkey" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a passkey" });
    await dialog.getByLabel("Your password").fill("not the password");
    await dialog.getByRole("button", { name: "Go on" }).click();
    await dialog.getByRole("alert").waitFor();
    await dialog.getByLabel("Name").fill("my laptop");
    await dialog.getByLabel("Your password").fill(password);
    await dialog.getByRole("button", { name: "Go on" }).click();
    await page.getByText("my laptop is a passkey of yours now").waitFor();
    await logOut();
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await isIn();
    await page.goto("/security");
    await section("Passkeys")
      .getByText(/, used just now/)
      .waitFor();
  });

  test("by a passkey that a site below the domain has asked for is refused", async () => {
    await writeTree(shell.home, { "site/index.html": "<title>shop</title>" });
    expect(await shell.run(["deploy", "site", "--prod", "-n", "shop", "--yes"])).toMatchObject({ code: 0 });
    const options = await (await callApi({ endpoint: api }, "POST", "/auth/passkey/options", {})).json();
    await page.goto(origin.replace(DOMAIN, `shop.${DOMAIN}`));
    const answer = await page.evaluate(async (json) => {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json);
      const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
      return credential.toJSON();
    }, options as PublicKeyCredentialRequestOptionsJSON);
    const asked = JSON.parse(Buffer.from(answer.response.clientDataJSON, "base64url").toString());
    expect(asked).toMatchObject({
      origin: origin.replace(DOMAIN, `shop.${DOMAIN}`),
      challenge: (options as { challenge: string }).challenge,
    });
    const refused = await callApi({ endpoint: api }, "POST", "/auth/passkey", { response: answer });
    expect(refused.status).toBe(401);
  });

  test("asks for a one-time code once that is set up with an app, or for a recovery code", async () => {
    await page.goto("/security");
    const codes = section("One-time codes");
    await codes.getByRole("button", { name: "Set up" }).click();
    const dialog = page.getByRole("dialog", { name: "Set one-time codes up" });
    await dialog.getByLabel("Your password").fill(password);
    await dialog.getByRole("button", { name: "Go on" }).click();
    await codes.getByRole("img", { name: "QR code of the key" }).waitFor();
    secret = (await codes.locator("code").textContent()) ?? "";
    // Nothing stands before the field: its form has the focus at once.
    await codes
      .getByRole("textbox", { name: "Code" })
      .and(page.locator(":focus"))
      .fill(oneTimeCode(secret, Date.now()));
    await codes.getByRole("button", { name: "Turn on" }).click();
    const recovery = codes.getByRole("region", { name: "Recovery codes" });
    const first = (await recovery.getByRole("listitem").first().textContent()) ?? "";
    await codes.getByText("On. 10 recovery codes are left.").waitFor();
    await logOut();

    await typePassword();
    await page.getByRole("heading", { name: "One more step" }).waitFor();
    await typeCode(page, "000000");
    await page.getByRole("alert").waitFor();
    await typeCode(page, freshCode());
    await isIn();
    await logOut();
    await typePassword();
    await typeCode(page, first);
    await isIn();
    await page.goto("/security");
    await codes.getByText("On. 9 recovery codes are left.").waitFor();
  });

  test("elsewhere is listed, and ended from here", async () => {
    const [elsewhere, other] = await open();
    await other.goto("/");
    await typePassword(other);
    await typeCode(other, freshCode());
    await isIn(other);
    await page.reload();
    const sessions = section("Sessions");
    await sessions.getByText("this browser").waitFor();
    await sessions.getByRole("button", { name: "Sign out all others" }).click();
    await page.getByText("All other browsers are signed out").waitFor();
    await waitUntil("one session is listed", async () => (await sessions.getByRole("listitem").count()) === 1);
    await other.reload();
    await other.getByRole("heading", { name: "Sign in" }).waitFor();
    await elsewhere.close();
  });

  test("lets the command line in, whose token its log-out revokes", async () => {
    const env = { HOME: shell.home, NO_COLOR: "1" };
    await using login = startProcess([executable, "login", "--web", "--endpoint", api], { cwd: shell.home, env });
    const url = await waitUntil("the command line shows an address", () => /https:\S+/.exec(login.output())?.[0], {
      describe: login.output,
    });
    const shown = /\b[A-Z2-9]{4}-[A-Z2-9]{4}\b/.exec(login.output())![0];
    await page.goto(url);
    await page.getByText(shown, { exact: true }).waitFor();
    await page.getByText(/^CLI on /).waitFor();
    await page.getByRole("button", { name: "Let it in" }).click();
    await page.getByText("It is let in, and goes on by itself.").waitFor();
    await waitUntil("the command line is in", () => login.exitCode() !== undefined);
    expect(login.output()).toContain(`Logged in as ${EMAIL}`);

    const own = { env: { SITEPOD_TOKEN: "", SITEPOD_ENDPOINT: api } };
    expect(await shell.run(["whoami"], own)).toMatchObject({ code: 0, stdout: expect.stringContaining(EMAIL) });
    const file = await Bun.file(`${shell.home}/.sitepod/config.toml`).text();
    const token = /sitepod_\w+/.exec(file)![0];
    const info = async () => (await callApi({ endpoint: api, token }, "GET", "/auth/info")).status;
    expect(await info()).toBe(200);
    expect(await shell.run(["logout", "--json"], own)).toMatchObject({ code: 0, json: { revoked: true } });
    expect(await info()).toBe(401);
    expect(await shell.run(["whoami"], own)).toMatchObject({ code: 3 });
  });

  test("refuses a program that its person refuses", async () => {
    const env = { HOME: shell.home, NO_COLOR: "1" };
    await using login = startProcess([executable, "login", "--web", "--endpoint", api], { cwd: shell.home, env });
    const code = await waitUntil("a code is shown", () => /\b[A-Z2-9]{4}-[A-Z2-9]{4}\b/.exec(login.output())?.[0]);
    await page.goto("/device");
    await page.getByLabel("The code that it shows").fill(code.toLowerCase());
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "Refuse" }).click();
    await page.getByText("It is refused.").waitFor();
    await waitUntil("the command line has ended", () => login.exitCode() !== undefined);
    expect([login.exitCode(), login.output()]).toEqual([3, expect.stringContaining("It was refused in the browser.")]);
  });

  test("is possible again after a lost password, by a mailed link", async () => {
    await logOut();
    await page.getByRole("link", { name: "Forgot it?" }).click();
    await page.getByLabel("E-mail").fill(EMAIL);
    await page.getByRole("button", { name: "Mail me a link" }).click();
    await page.getByText("a mail is on its way").waitFor();
    const { text } = await smtp.mailTo(EMAIL);
    const link = /https:\S+reset-password#\w+/.exec(text.replaceAll("=\r\n", ""))![0];
    await page.goto(link);
    await page.getByLabel("New password").fill(NEW_PASSWORD);
    await page.getByRole("button", { name: "Set the password" }).click();
    await says(page, "Your new password is set");
    password = NEW_PASSWORD;
    await typePassword();
    await page.getByRole("heading", { name: "One more step" }).waitFor();
    expect(server.output()).not.toContain(link.split("#")[1]!);
  });

  test("by the provider makes an account for somebody of the domain, and comes back to the page", async () => {
    provider.people.set("bob", { email: "bob@example.com", email_verified: true });
    const [bobs, bob] = await open();
    await bob.goto("/security");
    await bob.getByRole("button", { name: "Continue with Example ID" }).click();
    await bob.getByPlaceholder("Enter any login").fill("bob");
    await bob.getByPlaceholder("and password").fill("any");
    await bob.getByRole("button", { name: "Sign-in" }).click();
    await bob.getByRole("button", { name: "Continue" }).click();
    await bob.getByRole("heading", { name: "Sign-in and security" }).waitFor();
    await bob.getByText("Connected.", { exact: true }).waitFor();
    await bob.getByText("bob@example.com").first().waitFor();
    await bobs.close();
  });

  test("by the provider leads nobody into an account that only has their address", async () => {
    provider.people.set("eve", { email: EMAIL, email_verified: true });
    const [eves, eve] = await open();
    await eve.goto("/");
    await eve.getByRole("button", { name: "Continue with Example ID" }).click();
    await eve.getByPlaceholder("Enter any login").fill("eve");
    await eve.getByPlaceholder("and password").fill("any");
    await eve.getByRole("button", { name: "Sign-in" }).click();
    await eve.getByRole("button", { name: "Continue" }).click();
    await eve.getByText("There is an account with this address already.").waitFor();
    await eves.close();
  });

  test("has thrown no error and asked for nothing that the content security policy forbids", () => {
    expect(complaints).toEqual([]);
  });
});
