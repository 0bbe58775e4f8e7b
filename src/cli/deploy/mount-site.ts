import type { Api } from "#wire";
import type { ApiClient } from "../api-client.ts";
import type { Context } from "../context.ts";

type Mounted = Pick<Api.DomainCreated, "domain" | "slug" | "status" | "url">;

/**
 * Puts a site at the path that its sitepod.toml asks for, unless it is there already: a token that may only deploy is
 * then enough. Returns where it is, or undefined where the file asks for none.
 */
export async function mountSite(context: Context, client: ApiClient, site: string): Promise<Mounted | undefined> {
  const toml = (await context.project())?.toml;
  if (!toml?.routing || toml.name !== site) return undefined;
  const { domain, slug } = toml.routing;
  const { domains } = await client.domains(site);
  return (
    domains.find((known) => known.domain === domain.toLowerCase() && known.slug === slug) ??
    (await client.addDomain({ project: site, domain, slug }))
  );
}
