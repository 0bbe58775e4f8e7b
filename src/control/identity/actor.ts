import { SitepodError } from "#model";
import type { Api } from "#wire";

export type Scope = Api.TokenScope;

/** Who makes a request, and what they may do with it. */
export interface Actor {
  readonly userId: string;
  readonly email: string;
  readonly isAdmin: boolean;
  readonly scopes: ReadonlySet<Scope>;
  /** A token may be restricted to one site. */
  readonly siteId: string | null;
  readonly tokenName: string | null;
  /** The client's network address, where it is known. */
  readonly address: string | null;
}

/** The server itself, when it releases the welcome site or runs an operator's script. */
export const SYSTEM: Actor = {
  userId: "system",
  email: "system",
  isAdmin: true,
  scopes: new Set(["admin"]),
  siteId: null,
  tokenName: null,
  address: null,
};

/** What each scope includes: who may deploy may read, who may administer may do both. */
const INCLUDED: Record<Scope, readonly Scope[]> = {
  read: ["read"],
  deploy: ["deploy", "read"],
  admin: ["admin", "deploy", "read"],
};

/** Throws SitepodError `forbidden` unless the actor's token has the scope. */
export function requireScope(actor: Actor, scope: Scope): void {
  for (const own of actor.scopes) if (INCLUDED[own].includes(scope)) return;
  throw new SitepodError(
    "forbidden",
    `This token may not do that: it needs the scope "${scope}". Create one with sitepod token create --scope ${scope}.`,
  );
}

/** Throws SitepodError `forbidden` where the actor's token is restricted to one site: account matters are not its own. */
export function requireWholeAccount(actor: Actor): void {
  if (actor.siteId === null) return;
  throw new SitepodError("forbidden", "This token is restricted to one site. Log in, or use a token without a site.");
}

/** Throws SitepodError `forbidden` unless the actor is an administrator with a full token. */
export function requireAdministrator(actor: Actor): void {
  requireScope(actor, "admin");
  requireWholeAccount(actor);
  if (!actor.isAdmin) throw new SitepodError("forbidden", "Only an administrator of this server may do that.");
}
