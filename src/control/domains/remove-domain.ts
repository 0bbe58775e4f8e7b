import type { Transaction } from "kysely";
import type { Schema } from "#db";
import { SitepodError } from "#model";
import { parseHost } from "#routing";
import type { Context } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { findSite } from "../release/sites.ts";
import { findDomain } from "./find-domain.ts";
import { forgetEmptyDomains, publishHost } from "./publish-host.ts";

/**
 * Takes a site off a custom domain; the last one takes the domain with it. Throws SitepodError `invalid` for a site's
 * own subdomain, and where the domain holds several sites and no path says which; `not_found`.
 */
export async function removeDomain(
  context: Context,
  actor: Actor,
  text: string,
  path: string | undefined,
): Promise<void> {
  if (parseHost(text, context.addresses.domain).kind === "environment") {
    throw new SitepodError(
      "invalid",
      "A site's own subdomain cannot be removed. Change it with sitepod domain rename.",
    );
  }
  const { mounts, workspace_id, hostname } = await findDomain(context, actor, text);
  const [mount, another] = path === undefined ? mounts : mounts.filter((candidate) => candidate.path === path);
  if (!mount) {
    throw new SitepodError(
      "not_found",
      `You have no site at ${hostname}${path ?? ""}. List a site's with sitepod domain list.`,
    );
  }
  if (another) {
    const paths = mounts.map((candidate) => candidate.path).join(", ");
    throw new SitepodError("invalid", `${hostname} holds several sites, at ${paths}. Say which with --slug.`);
  }
  const site = await findSite(context, actor, mount.site_id);
  const unmount = async (query: Transaction<Schema>) => {
    await query
      .deleteFrom("mounts")
      .where("workspace_id", "=", workspace_id)
      .where("hostname", "=", hostname)
      .where("path", "=", mount.path)
      .execute();
    await forgetEmptyDomains(query, hostname);
    const target = mount.path === "/" ? hostname : hostname + mount.path;
    const before = { environment: mount.environment, redirect_to: mount.redirect_to };
    await recordEvent(context, actor, "domain.remove", { site, target, before }, query);
  };
  await publishHost(context, hostname, () => context.db.query.transaction().execute(unmount));
}
