import { ACCESS_PARAMETER } from "#routing";
import { formatDocument } from "./pages.ts";

const notes = {
  ask: "",
  wrong: "That is not the password.",
  link: "This link has expired, or is not whole.",
  foreign: "The password must be given on this page.",
  tooMany: "Too many attempts. Wait a little, then try again.",
} as const;

const statuses = { ask: 401, wrong: 401, link: 401, foreign: 403, tooMany: 429 } as const;

export type AccessNote = keyof typeof notes;

export interface AccessPage {
  readonly note: AccessNote;
  readonly hasPassword: boolean;
  /** The query of the address that was asked for, to come back to. */
  readonly query: string;
  readonly retryAfterS?: number;
}

/** Asks for the password of a protected site. It tells nothing of the site: not even whether the address exists. */
export function respondAccessPage(method: string, page: AccessPage): Response {
  const status = statuses[page.note];
  const headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy":
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    // A stricter policy would take the Origin away from the form.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    ...(status === 401 && { "WWW-Authenticate": `Cookie form-action="?${ACCESS_PARAMETER}=password"` }),
    ...(page.retryAfterS !== undefined && { "Retry-After": `${page.retryAfterS}` }),
  };
  return new Response(method === "HEAD" ? null : formatAccessPage(status, page), { status, headers });
}

function formatAccessPage(status: number, { note, hasPassword, query }: AccessPage): string {
  const told = notes[note] === "" ? "" : `<p role="alert"><strong>${notes[note]}</strong></p>`;
  if (!hasPassword) {
    return formatDocument(status, "Protected", `${told}<p>This site is opened by a link. Ask its owner for one.</p>`);
  }
  const action = escapeHtml(`?${query === "" ? "" : `${query.slice(1)}&`}${ACCESS_PARAMETER}=password`);
  const form = `<form method="post" action="${action}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="256" required autofocus>
<button>Open</button>
</form>`;
  return formatDocument(status, "Protected", `${told}<p>This site asks for a password.</p>${form}`);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
