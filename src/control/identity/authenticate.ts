import { SitepodError } from "#model";
import type { Context } from "../context.ts";
import type { Accounts } from "./accounts.ts";
import type { Actor } from "./actor.ts";
import { findTokenActor } from "./tokens.ts";

/** Names the workspace that a request means, by its id. */
const WORKSPACE_HEADER = "x-sitepod-workspace";

/**
 * Finds who makes a request: a token in the header, or a browser's cookie; and which workspace it names. Throws
 * SitepodError `unauthorized`.
 */
export async function authenticate(
  context: Context,
  accounts: Accounts,
  request: Request,
  address: string | null,
): Promise<Actor> {
  const actor = await identify(context, accounts, request, address);
  const chosenWorkspace = request.headers.get(WORKSPACE_HEADER) ?? undefined;
  return chosenWorkspace === undefined ? actor : { ...actor, chosenWorkspace };
}

async function identify(
  context: Context,
  accounts: Accounts,
  request: Request,
  address: string | null,
): Promise<Actor> {
  const authorization = request.headers.get("authorization");
  if (authorization !== null) {
    const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
    const actor = token === undefined ? undefined : await findTokenActor(context, token, address);
    if (actor) return actor;
    throw new SitepodError("unauthorized", "The token is not valid: it is unknown, revoked or expired. Log in again.");
  }
  if (request.headers.has("cookie")) {
    requireSameOrigin(context, request);
    const actor = await accounts.findSessionActor(request.headers, address);
    if (actor) return actor;
  }
  throw new SitepodError("unauthorized", "You are not logged in. Run sitepod login, or send a token.");
}

const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/**
 * A cookie goes along with every request, also one that a tenant's page makes: only the console's own pages may change.
 * Throws SitepodError `forbidden`.
 */
export function requireSameOrigin(context: Context, request: Request): void {
  if (SAFE_METHODS.includes(request.method)) return;
  const origin = request.headers.get("origin");
  if (origin !== null && new URL(request.url).host === hostOf(origin)) return;
  throw new SitepodError("forbidden", `A browser may change something only from ${context.addresses.console}.`);
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
