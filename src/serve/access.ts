import { createHash } from "node:crypto";
import type { Access } from "#model";
import {
  type AccessSubject,
  checkAccessToken,
  findLinkToken,
  formatAccessToken,
  splitUrl,
  type Target,
} from "#routing";
import type { TryPassword } from "./access-attempts.ts";
import { type AccessNote, respondAccessPage } from "./access-page.ts";
import { keepPrivate } from "./keep-private.ts";

/** A pointer that not everybody may see. */
export interface Protection extends AccessSubject {
  readonly passwordHash: string | undefined;
  /** Tells the sessions of several sites of one host apart. */
  readonly cookieName: string;
}

export interface AccessOptions {
  readonly tryPassword: TryPassword;
  /** The client's network address, null where it is not known. */
  readonly addressOf: (request: Request) => string | null;
  /** Whether the browser came by HTTPS. */
  readonly isHttps: (request: Request) => boolean;
}

export interface AccessGuard {
  /**
   * Answers with `answer`, which is not called before the visitor has shown a session; else asks for the password.
   * `received` is the request as it came, where `request` is one made of it.
   */
  guard(
    request: Request,
    received: Request,
    protection: Protection,
    answer: () => Response | Promise<Response>,
  ): Response | Promise<Response>;
}

/** How long a visitor who gave the password, or came by a link that lives longer, is not asked again. */
const SESSION_S = 7 * 24 * 60 * 60;
/** A form of one password. Bytes. */
const MAX_FORM_BYTES = 4096;

/** Describes the protection of the pointer of that name, where it has one. */
export const protectionOf = (pointer: string, access: Access | undefined): Protection | undefined =>
  access && {
    pointer,
    secret: access.secret,
    passwordHash: access.password_hash,
    cookieName: `sitepod-access-${createHash("sha256").update(pointer).digest("hex").slice(0, 12)}`,
  };

/**
 * Stands before everything of a protected site: its files, its 404s, its redirects. A session is a cookie that the
 * pointer's secret signs. It is had by a password, posted to any address of the site with `?sitepod_access=password`,
 * or by a signed link, any address with `?sitepod_access=<expiry>.<signature>`; both lead back to the address itself.
 */
export function createAccessGuard(nowMs: () => number, options: AccessOptions): AccessGuard {
  function open(request: Request, protection: Protection, { path }: Target, rest: string, expiresS: number): Response {
    const isHttps = options.isHttps(request);
    const token = formatAccessToken("cookie", protection, expiresS);
    const lifeS = expiresS - Math.floor(nowMs() / 1000);
    const cookie = `${cookieName(protection, isHttps)}=${token}; Path=/; Max-Age=${lifeS}; HttpOnly; SameSite=Lax${isHttps ? "; Secure" : ""}`;
    return leadTo(path, rest, { "Set-Cookie": cookie });
  }

  async function logIn(
    request: Request,
    received: Request,
    protection: Protection,
    target: Target,
    rest: string,
  ): Promise<Response> {
    const ask = (note: AccessNote, more?: { retryAfterS: number }) =>
      respondAccessPage(request.method, {
        note,
        hasPassword: protection.passwordHash !== undefined,
        query: rest,
        ...more,
      });
    if (!comesFromHere(request)) return ask("foreign");
    const password = await readPassword(request);
    const hash = protection.passwordHash;
    if (password === undefined || hash === undefined) return ask("ask");
    const address = options.addressOf(received);
    const attempt = await options.tryPassword({ address, pointer: protection.pointer, password, hash });
    if (attempt.kind === "refused") return ask("tooMany", attempt);
    if (!attempt.isRight) return ask("wrong");
    return open(request, protection, target, rest, Math.floor(nowMs() / 1000) + SESSION_S);
  }

  return {
    guard(request, received, protection, answer) {
      const target = splitUrl(request.url);
      const link = findLinkToken(target.query);
      const isIn = hasSession(request, protection, options.isHttps(request), nowMs());
      if (isIn && link) return leadTo(target.path, link.rest, {});
      if (isIn) {
        const response = answer();
        return response instanceof Response ? keepPrivate(response) : response.then(keepPrivate);
      }
      if (link && request.method === "POST") return logIn(request, received, protection, target, link.rest);
      const isRead = request.method === "GET" || request.method === "HEAD";
      const endsS = link && isRead ? checkAccessToken("link", protection, link.token, nowMs()) : undefined;
      if (link && endsS !== undefined) {
        return open(request, protection, target, link.rest, Math.min(endsS, Math.floor(nowMs() / 1000) + SESSION_S));
      }
      return respondAccessPage(request.method, {
        note: link && link.token !== "password" ? "link" : "ask",
        hasPassword: protection.passwordHash !== undefined,
        query: link ? link.rest : target.query,
      });
    },
  };
}

/** `__Host-` keeps the sites next door, under the same domain, from setting it. */
const cookieName = (protection: Protection, isHttps: boolean): string =>
  (isHttps ? "__Host-" : "") + protection.cookieName;

function hasSession(request: Request, protection: Protection, isHttps: boolean, nowMs: number): boolean {
  const prefix = `${cookieName(protection, isHttps)}=`;
  const pairs = (request.headers.get("Cookie") ?? "").split(";");
  return pairs.some((pair) => {
    const text = pair.trim();
    return (
      text.startsWith(prefix) && checkAccessToken("cookie", protection, text.slice(prefix.length), nowMs) !== undefined
    );
  });
}

/** Leads to an address of the same site; one that begins with two slashes would be another host's. */
function leadTo(path: string, query: string, headers: Record<string, string>): Response {
  const location = (/^\/[/\\]/.test(path) ? "/" : path) + query;
  return new Response(null, {
    status: 303,
    headers: { Location: location, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", ...headers },
  });
}

/** Whether a form was sent by a page of this host. Programs that are no browser say nothing of it, and may. */
function comesFromHere({ headers }: Request): boolean {
  const site = headers.get("Sec-Fetch-Site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("Origin");
  return origin === null || URL.parse(origin)?.host === headers.get("Host")?.toLowerCase();
}

/** Reads the password of a small form. Undefined where the body is none, or too large. */
async function readPassword(request: Request): Promise<string | undefined> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers.get("Content-Type") ?? "")) return undefined;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > MAX_FORM_BYTES) return undefined;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString("utf8")).get("password") ?? undefined;
}
