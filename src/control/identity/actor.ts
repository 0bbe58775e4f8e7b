import {
  type Environment,
  includesScope,
  type Permission,
  ruleOf,
  SitepodError,
  type TokenScope as Scope,
} from "#model";

export type { TokenScope as Scope } from "#model";

/** Who makes a request, and what they may do with it. */
export interface Actor {
  readonly userId: string;
  readonly email: string;
  /** Whether they administer the server. In each of its workspaces they are an owner. */
  readonly isAdmin: boolean;
  readonly scopes: ReadonlySet<Scope>;
  /** A token may be restricted to one site. */
  readonly siteId: string | null;
  /** A token may be one workspace's. Absent: all are meant that the account is in. */
  readonly workspaceId?: string | undefined;
  /** A token may be restricted to environments. Absent: all. */
  readonly environments?: ReadonlySet<Environment> | undefined;
  readonly tokenId?: string | undefined;
  readonly tokenName: string | null;
  /** The client's network address, where it is known. */
  readonly address: string | null;
  /** The id of the workspace that the request names: where new sites go, and whose lists it gets. */
  readonly chosenWorkspace?: string | undefined;
  /** What the request needs, by its route: whoever looks up a site or a workspace for it checks that. */
  readonly needs?: Permission | undefined;
}

/** Who an event tells of: what the audit log has of an actor. */
export type Author = Pick<Actor, "userId" | "email" | "tokenId" | "tokenName" | "address">;

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

/** Throws SitepodError `forbidden` unless the actor's token has the scope. */
export function requireScope(actor: Actor, scope: Scope): void {
  if (includesScope(actor.scopes, scope)) return;
  throw new SitepodError(
    "forbidden",
    `This token may not do that: it needs the scope "${scope}". Create one with sitepod token create --scope ${scope}.`,
  );
}

/**
 * Returns the actor as who asks for what needs the permission. Throws SitepodError `forbidden` where the token or the
 * account can never have it; whether they have it on the site or in the workspace is checked where that is looked up.
 */
export function actFor(actor: Actor, permission: Permission): Actor {
  const { of, scope } = ruleOf(permission);
  requireScope(actor, scope);
  if (permission === "account:write" || of === "server") requireWholeAccount(actor);
  if (of === "server" && !actor.isAdmin) {
    throw new SitepodError("forbidden", "Only an administrator of this server may do that.");
  }
  return { ...actor, needs: permission };
}

/** Throws SitepodError `forbidden` where the actor's token is restricted: account matters are not its own. */
export function requireWholeAccount(actor: Actor): void {
  requireAllSites(actor);
  if (actor.workspaceId !== undefined) throw restricted("workspace");
}

/** Throws SitepodError `forbidden` where the actor's token is restricted to a part of what its workspace has. */
export function requireAllSites(actor: Actor): void {
  requireNoSite(actor);
  if (actor.environments !== undefined) throw restricted("environment");
}

/** Throws SitepodError `forbidden` where the actor's token is restricted to a site: the workspace is not its own. */
export function requireNoSite({ siteId }: Actor): void {
  if (siteId !== null) throw restricted("site");
}

const restricted = (what: "site" | "environment" | "workspace"): SitepodError =>
  new SitepodError("forbidden", `This token is restricted to one ${what}. Log in, or use a token that is not.`);

/** Throws SitepodError `forbidden` where the actor's token is restricted to other environments. */
export function requireEnvironment({ environments }: Actor, environment: Environment): void {
  if (!environments || environments.has(environment)) return;
  throw new SitepodError(
    "forbidden",
    `This token is restricted to ${[...environments].join(", ")}: it may not touch ${environment}.`,
  );
}
