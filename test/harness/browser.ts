import { type Browser, chromium } from "playwright-core";

/** The Chromium of this machine, undefined where it has none: then tests in a browser are skipped. */
export const chromiumPath: string | undefined =
  process.env.SITEPOD_CHROMIUM ?? Bun.which("chromium") ?? Bun.which("google-chrome") ?? undefined;

/** What is waited for comes at once, unless the machine's disk is held up for a while: then a server answers nobody. */
const PATIENCE_MS = 120_000;

/**
 * Starts a browser with a profile of its own; every name below `domain` leads it to this machine. It takes certificates with
 * the trusted keys (SHA-256 of what RFC 5280 calls SubjectPublicKeyInfo, base64) for good, whoever has signed them. It speaks
 * HTTP/3 and nothing else with `http3With` (`host:port`), and with nobody else.
 */
export async function startBrowser(
  domain: string,
  trustedKeys: readonly string[] = [],
  http3With?: string,
): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error("There is no Chromium here: install it, or set SITEPOD_CHROMIUM.");
  return makePatient(
    await chromium.launch({
      executablePath: chromiumPath,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        ...(http3With === undefined ? ["--disable-quic"] : ["--enable-quic", `--origin-to-force-quic-on=${http3With}`]),
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        ...(trustedKeys.length > 0 ? [`--ignore-certificate-errors-spki-list=${trustedKeys.join()}`] : []),
        // No other name is there: a page that wants something of the internet is told so at once.
        `--host-resolver-rules=MAP ${domain} 127.0.0.1,MAP *.${domain} 127.0.0.1,MAP * ~NOTFOUND,EXCLUDE 127.0.0.1`,
      ],
    }),
  );
}

/** Has all pages of a browser wait longer than Playwright's 30 s. */
function makePatient(browser: Browser): Browser {
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  };
  const newPage = browser.newPage.bind(browser);
  browser.newPage = async (options) => {
    const page = await newPage(options);
    page.setDefaultTimeout(PATIENCE_MS);
    return page;
  };
  return browser;
}
