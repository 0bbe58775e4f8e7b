/** The answers that come from no site. Each is one small page of its own, and none is ever kept. */
interface Page {
  readonly status: number;
  readonly title: string;
  /** One sentence each, as HTML: what happened, what to do. */
  readonly sentences: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

const ALLOWED_METHODS = "GET, HEAD, OPTIONS";

const pages = {
  malformed: {
    status: 400,
    title: "Bad request",
    sentences: ["The address is not well formed.", "Check it for stray <code>%</code> signs."],
  },
  invalid: {
    status: 400,
    title: "Bad request",
    sentences: ["The request must name exactly one host, in its <code>Host</code> header."],
  },
  locked: {
    status: 401,
    title: "Password needed",
    sentences: ["This part of the site is open to those who have a user name and a password."],
    headers: { "WWW-Authenticate": 'Basic realm="This site", charset="UTF-8"' },
  },
  notFound: {
    status: 404,
    title: "Page not found",
    sentences: [
      "This site has nothing at this address.",
      'Check the spelling, or <a href="/">start from its front page</a>.',
    ],
  },
  unknown: {
    status: 404,
    title: "No site here",
    sentences: [
      "No site answers at this name.",
      "Check its spelling. If it is yours, check that it has been deployed, and that a custom domain has been added and verified.",
    ],
  },
  unreleased: {
    status: 404,
    title: "Nothing released yet",
    sentences: [
      "This site exists, but nothing has been released to this environment.",
      "Its owner can run <code>sitepod deploy</code>.",
    ],
  },
  methodNotAllowed: {
    status: 405,
    title: "Method not allowed",
    sentences: ["Sites can only be read: use <code>GET</code> or <code>HEAD</code>."],
    headers: { Allow: ALLOWED_METHODS },
  },
  notAcceptable: {
    status: 406,
    title: "Not acceptable",
    sentences: ["The request's <code>Accept-Encoding</code> header refuses every form that there is of this file."],
    headers: { Vary: "Accept-Encoding" },
  },
  removed: {
    status: 410,
    title: "Release removed",
    sentences: ["This release was one of the older ones, which its site does not keep.", "Look at what it shows now."],
  },
  expired: {
    status: 410,
    title: "Preview expired",
    sentences: ["This preview was temporary, and its time is over.", "Ask its author for a new one."],
  },
  tooLarge: {
    status: 413,
    title: "Request too large",
    sentences: ["What was sent is larger than is handed on to another server.", "Send less at a time."],
  },
  noSites: {
    status: 421,
    title: "No sites here",
    sentences: [
      "This server has the console and the API alone.",
      "Whoever runs it can have names of sites lead to the servers that serve them.",
    ],
  },
  noControlPlane: {
    status: 421,
    title: "No control plane here",
    sentences: [
      "This server serves sites alone.",
      "Whoever runs it can name the control plane with <code>--control-url</code>, or have this address lead to it.",
    ],
  },
  notProxied: {
    status: 502,
    title: "Not asked",
    sentences: [
      "This address leads to another server, and this one does not ask others.",
      "Whoever runs it can allow that with <code>--allow-proxying</code>.",
    ],
  },
  proxyRefused: {
    status: 502,
    title: "Not asked",
    sentences: [
      "This address leads to a server that is not on the public internet.",
      "Its owner can correct the rule.",
    ],
  },
  proxyFailed: {
    status: 502,
    title: "No answer",
    sentences: ["The server that this address leads to cannot be reached.", "Try again in a while."],
  },
  proxyCircle: {
    status: 508,
    title: "Going in circles",
    sentences: ["This address leads back to this server.", "Its owner can correct the rule."],
  },
  proxyBusy: {
    status: 503,
    title: "Busy",
    sentences: ["Too many requests to other servers are under way.", "Try again in a few seconds."],
    headers: { "Retry-After": "5" },
  },
  proxyTimeout: {
    status: 504,
    title: "No answer in time",
    sentences: ["The server that this address leads to took too long.", "Try again in a while."],
  },
  unavailable: {
    status: 503,
    title: "Not available right now",
    sentences: ["The server cannot reach its storage.", "Try again in a few seconds."],
    headers: { "Retry-After": "5" },
  },
} as const satisfies Record<string, Page>;

export type PageName = keyof typeof pages;

/** Makes the response that a built-in page is. */
export function respondPage(name: PageName, method: string): Response {
  const page: Page = pages[name];
  const html = encoder.encode(formatPage(page));
  const headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Length": `${html.length}`,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    ...page.headers,
    // What follows on the connection is for a tunnel that there is not.
    ...(method === "CONNECT" && { Connection: "close" }),
  };
  return new Response(method === "HEAD" ? null : html, { status: page.status, headers });
}

/** Says what may be asked of a site (RFC 9110, section 9.3.7). */
const respondOptions = (): Response =>
  new Response(null, { status: 204, headers: { Allow: ALLOWED_METHODS, "Cache-Control": "no-store" } });

/** Answers requests that do not read. */
export function refuseMethod(method: string): Response | undefined {
  if (method === "GET" || method === "HEAD") return undefined;
  return method === "OPTIONS" ? respondOptions() : respondPage("methodNotAllowed", method);
}

/** Says that an asset is not there: in plain text, as no page is what a script or an image was asked for. */
export const respondMissingAsset = (method: string): Response =>
  new Response(method === "HEAD" ? null : "Not found\n", {
    status: 404,
    headers: {
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Length": "10",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
    },
  });

const encoder = new TextEncoder();

const formatPage = ({ status, title, sentences }: Page): string =>
  formatDocument(status, title, sentences.map((sentence) => `<p>${sentence}</p>`).join(""));

/** Writes a page of the server's own; `content` is HTML. */
export function formatDocument(status: number, title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
  :root { color-scheme: light dark; --ink: #18181b; --soft: #71717a; --paper: #fafafa; --line: #e4e4e7; }
  @media (prefers-color-scheme: dark) { :root { --ink: #fafafa; --soft: #a1a1aa; --paper: #09090b; --line: #27272a; } }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--paper); color: var(--ink);
    font: 1rem/1.6 ui-sans-serif, system-ui, sans-serif; }
  main { max-width: 30rem; padding: 2rem; }
  b { font: 500 .875rem/1 ui-monospace, monospace; color: var(--soft); }
  h1 { margin: .75rem 0 1rem; font-size: 1.75rem; line-height: 1.2; letter-spacing: -.02em; }
  p { margin: .25rem 0; color: var(--soft); }
  a { color: inherit; }
  form { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: 1rem; }
  label { flex-basis: 100%; }
  input, button { padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .4rem; font: inherit; }
  input { flex: 1; min-width: 10rem; background: none; color: inherit; }
  button { background: var(--ink); color: var(--paper); cursor: pointer; }
  strong { color: var(--ink); }
  code { padding: .1em .35em; border: 1px solid var(--line); border-radius: .3em; font: .875em ui-monospace, monospace; }
</style>
<main><b>${status}</b><h1>${title}</h1>${content}</main>
</html>
`;
}
