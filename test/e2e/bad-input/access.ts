import { ask, type BadInput } from "./case.ts";
import type { Answer, Sender, World } from "./world.ts";

const authorized =
  (authorization: string) =>
  (world: World): Promise<Answer> =>
    world.send(null, "GET", "/projects", undefined, { Authorization: authorization });

const list = (sender: Sender) => ask(sender, "GET", "/projects");
const plan = (sender: Sender, project: string) =>
  ask(sender, "POST", "/plan", { project, files: [{ path: "a", blake3: "0".repeat(64), size: 1 }] });
const token = (body: object, sender: Sender = "ann") => ask(sender, "POST", "/tokens", { name: "new", ...body });
const login = (email: string, password: string, action?: string) =>
  ask(null, "POST", "/auth/login", { email, password, action });

const notValid = /^The token is not valid: it is unknown, revoked or expired\. Log in again\.$/;
const noSite = /^You have no site "bobs"/;
const noMatch = /^E-mail address and password do not match\.$/;
const oneSite = /^This token is restricted to /;

export const badAccess: readonly BadInput[] = [
  ["no token", list(null), 401, "unauthorized", /^You are not logged in\. Run sitepod login, or send a token\.$/],
  ["a token without its scheme", authorized("sitepod_x"), 401, "unauthorized", notValid],
  ["a token with a space", authorized("Bearer sitepod_a b"), 401, "unauthorized", notValid],
  ["a password instead of a token", authorized("Basic YW5uOmFubg=="), 401, "unauthorized", notValid],
  ["a token that there is not", authorized(`Bearer sitepod_${"a".repeat(31)}`), 401, "unauthorized", notValid],
  [
    "a token in upper case",
    (world) => authorized(`Bearer ${world.tokenOf("ann").toUpperCase()}`)(world),
    401,
    "unauthorized",
    notValid,
  ],
  ["a token that was revoked", list("revoked"), 401, "unauthorized", notValid],
  ["a token that has expired", list("expired"), 401, "unauthorized", notValid],
  ["a deploy by a token that may read", plan("read", "shop"), 403, "forbidden", /needs the scope "deploy"/],
  [
    "a deletion by a token that may deploy",
    ask("deploy", "DELETE", "/projects/shop"),
    403,
    "forbidden",
    /needs the scope "admin"/,
  ],
  ["a token by a token that may deploy", token({}, "deploy"), 403, "forbidden", /needs the scope "admin"/],
  ["another site than the token's", plan("only-shop", "drafts"), 403, "forbidden", oneSite],
  ["a new site by a token of one", plan("only-shop", "fresh"), 403, "forbidden", /cannot create another/],
  ["tokens by a token of one site", ask("only-shop", "GET", "/tokens"), 403, "forbidden", oneSite],
  ["the account by a token of one site", ask("only-shop", "DELETE", "/account"), 403, "forbidden", oneSite],
  ["a collection by a user", ask("ann", "POST", "/gc"), 403, "forbidden", /^Only an administrator/],
  [
    "a cleanup by a wrong admin token",
    (world) => world.send(null, "POST", "/cleanup", undefined, { "X-Sitepod-Admin-Token": "guess" }),
    403,
    "forbidden",
    /^The admin token is not this server's/,
  ],
  [
    "the end of another account's token",
    ask("ann", "DELETE", (world) => `/tokens/${world.bobsTokenId}`),
    404,
    "not_found",
    /^You have no token/,
  ],
  ["a token of no scope", token({ scopes: [] }), 400, "invalid", /body\/scopes/],
  ["a token of a scope that there is not", token({ scopes: ["root"] }), 400, "invalid", /body\/scopes\/0/],
  ["a token of another account's site", token({ project: "bobs" }), 404, "not_found", noSite],
  ["a token for less than a minute", token({ expires_in: 5 }), 400, "invalid", /body\/expires_in/],
  ["another account's site", ask("ann", "GET", "/projects/bobs"), 404, "not_found", noSite],
  ["the end of another account's site", ask("ann", "DELETE", "/projects/bobs"), 404, "not_found", noSite],
  ["the audit of another account's site", ask("ann", "GET", "/audit?project=bobs"), 404, "not_found", noSite],
  ["a wrong password", login("ann@example.com", "not her password"), 401, "unauthorized", noMatch],
  ["an account that there is not", login("eve@example.com", "not her password"), 401, "unauthorized", noMatch],
  ["an address that is none", login("ann", "some password"), 400, "invalid", /body\/email/],
  [
    "an address that is taken",
    login("ann@example.com", "some password", "register"),
    409,
    "conflict",
    /has an account already/,
  ],
  [
    "a password of five characters",
    login("eve@example.com", "short", "register"),
    400,
    "invalid",
    /at least 8 characters/,
  ],
  ["an action that there is not", login("ann@example.com", "some password", "reset"), 400, "invalid", /body\/action/],
];
