import type { Transaction } from "kysely";
import type { Schema } from "#db";
import { type Environment, parseMountPath, ROOT_PATH, SitepodError } from "#model";
import type { Api } from "#wire";
import { type Context, newId, nowIso } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { isLive } from "../release/is-live.ts";
import type { Site } from "../release/sites.ts";
import { listRecords } from "./dns-records.ts";
import { proofText } from "./dns.ts";
import { requireCustomDomain } from "./find-domain.ts";
import { hasLiveSite } from "./has-live-site.ts";
import { findOwnAddresses, siteName } from "./list-domains.ts";
import { inHostTurn, publishHost } from "./publish-host.ts";

/** More than anybody needs, and few enough that nobody fills the table. */
export const MAX_DOMAINS_PER_SITE = 100;

interface Wish {
  readonly hostname: string;
  readonly path: string;
  readonly environment: Environment;
  readonly redirectTo: string | null;
}

/**
 * Puts a site on a custom domain. It is served there once the domain is verified; a domain that the workspace has
 * verified needs that no more. Doing it again changes nothing but what is asked anew. Throws SitepodError `invalid`;
 * `conflict` where the place is another site's or the domain has been verified by another workspace; `too_large`.
 */
export async function addDomain(
  context: Context,
  actor: Actor,
  site: Site,
  request: Omit<Api.DomainRequest, "project">,
): Promise<Api.DomainCreated> {
  const wish = parseWish(context, request);
  const now = nowIso(context);
  const key = { workspace_id: site.workspace_id, hostname: wish.hostname };
  const mount = { site_id: site.id, environment: wish.environment, redirect_to: wish.redirectTo };
  const enter = async (query: Transaction<Schema>, deleted: readonly Held[]) => {
    for (const { site_id, path } of deleted) {
      const place = query.deleteFrom("mounts").where("workspace_id", "=", key.workspace_id);
      await place
        .where("hostname", "=", key.hostname)
        .where("path", "=", path)
        .where("site_id", "=", site_id)
        .execute();
    }
    await query
      .insertInto("domains")
      .values({ ...key, status: "pending", token: newId(context, "verify", 32), created_at: now })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await query
      .insertInto("mounts")
      .values({ ...key, path: wish.path, ...mount, created_at: now })
      .onConflict((conflict) => conflict.columns(["workspace_id", "hostname", "path"]).doUpdateSet(mount))
      .execute();
    const after = { environment: wish.environment, redirect_to: wish.redirectTo };
    const before = deleted.length > 0 ? { deleted_sites: deleted.map(({ name }) => name) } : undefined;
    await recordEvent(context, actor, "domain.add", { site, target: shown(wish), before, after }, query);
    return await query
      .selectFrom("domains")
      .where("workspace_id", "=", key.workspace_id)
      .where("hostname", "=", key.hostname)
      .select(["status", "token"])
      .executeTakeFirstOrThrow();
  };
  const domain = await inHostTurn(context, wish.hostname, async () => {
    const deleted = await requireFree(context, site, wish);
    return await context.db.query.transaction().execute((query) => enter(query, deleted));
  });
  if (domain.status === "active") await publishHost(context, wish.hostname);
  return {
    domain: wish.hostname,
    slug: wish.path,
    status: domain.status,
    verification_token: domain.token,
    verification_txt: proofText(domain.token),
    environment: wish.environment,
    redirect_to: wish.redirectTo,
    url: context.addresses.custom(wish.hostname, wish.path),
    records: listRecords({
      hostname: wish.hostname,
      token: domain.token,
      siteName: siteName(context, site),
      addresses: await findOwnAddresses(context),
    }),
  };
}

function parseWish(context: Context, request: Omit<Api.DomainRequest, "project">): Wish {
  const hostname = requireCustomDomain(context, request.domain);
  const path = parseMountPath(request.slug ?? ROOT_PATH);
  if (!path.ok) throw new SitepodError("invalid", `The path ${JSON.stringify(request.slug)} ${path.fault}.`);
  const { redirect_to: target } = request;
  const redirectTo = target === undefined ? null : requireCustomDomain(context, target);
  if (redirectTo !== null && path.value !== ROOT_PATH) {
    throw new SitepodError("invalid", `A redirect is of a whole domain: leave the path ${path.value} out.`);
  }
  if (redirectTo === hostname || redirectTo?.startsWith("*.")) {
    throw new SitepodError("invalid", `${hostname} cannot redirect to ${redirectTo}. Name one other domain.`);
  }
  return { hostname, path: path.value, environment: request.environment ?? "prod", redirectTo };
}

/**
 * Checks what a constraint of the database cannot: all of it concerns only the workspace's own rows, or verified ones.
 * Returns what sites in the bin have in the way: it makes room.
 */
async function requireFree(context: Context, site: Site, wish: Wish): Promise<readonly Held[]> {
  const { hostname, path, redirectTo } = wish;
  const holder = await context.db.query
    .selectFrom("domains")
    .where("hostname", "=", hostname)
    .where("status", "=", "active")
    .where(hasLiveSite)
    .select("workspace_id")
    .executeTakeFirst();
  if (holder && holder.workspace_id !== site.workspace_id) {
    throw new SitepodError(
      "conflict",
      `${hostname} is taken: another account has verified it. It becomes free when that account removes it, or some ` +
        "days after its TXT record is gone from DNS.",
    );
  }
  const held = await context.db.query
    .selectFrom("mounts")
    .innerJoin("sites", "sites.id", "mounts.site_id")
    .where("mounts.workspace_id", "=", site.workspace_id)
    .selectAll("mounts")
    .select(["sites.name", isLive.as("is_live")])
    .execute();
  const mounts = held.filter(({ is_live }) => is_live);
  const here = mounts.filter((mount) => mount.hostname === hostname);
  const others = here.filter((mount) => mount.path !== path);
  const same = here.find((mount) => mount.path === path);
  if (same && same.site_id !== site.id) {
    throw new SitepodError("conflict", `${shown(wish)} is taken by your site ${same.name}. Remove it there first.`);
  }
  if (others.length > 0 && (redirectTo !== null || others.some(({ redirect_to }) => redirect_to !== null))) {
    throw new SitepodError("conflict", `${hostname} cannot both redirect and hold sites. Remove the one first.`);
  }
  if (redirectTo !== null) requireTarget(mounts, hostname, redirectTo);
  if (!same && mounts.filter(({ site_id }) => site_id === site.id).length >= MAX_DOMAINS_PER_SITE) {
    throw new SitepodError("too_large", `${site.name} has ${MAX_DOMAINS_PER_SITE} domains. Remove one first.`);
  }
  return held.filter(
    (mount) =>
      !mount.is_live &&
      mount.hostname === hostname &&
      (mount.path === path || redirectTo !== null || mount.redirect_to !== null),
  );
}

interface Held {
  readonly site_id: string;
  readonly name: string;
  readonly path: string;
}

/** A redirect leads to a domain that shows something, so that no two of them send a visitor to and fro. */
function requireTarget(
  mounts: readonly { readonly hostname: string; readonly redirect_to: string | null }[],
  hostname: string,
  redirectTo: string,
): void {
  const target = mounts.filter((mount) => mount.hostname === redirectTo);
  if (target.length === 0) {
    throw new SitepodError("invalid", `You have no domain ${redirectTo} to redirect to. Add it first.`);
  }
  if (target.some(({ redirect_to }) => redirect_to !== null)) {
    throw new SitepodError("invalid", `${redirectTo} redirects itself. Name the domain that shows the site.`);
  }
  const source = mounts.find((mount) => mount.redirect_to === hostname);
  if (source) {
    throw new SitepodError("invalid", `${source.hostname} redirects to ${hostname}, which must show a site itself.`);
  }
}

const shown = ({ hostname, path }: Wish): string => (path === ROOT_PATH ? hostname : hostname + path);
