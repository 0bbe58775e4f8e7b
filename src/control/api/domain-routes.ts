import { MAX_MOUNT_PATH_LENGTH } from "#model";
import { api } from "#wire";
import type { Context } from "../context.ts";
import { addDomain } from "../domains/add-domain.ts";
import { listDomains } from "../domains/list-domains.ts";
import { removeDomain } from "../domains/remove-domain.ts";
import { renameSite } from "../domains/rename.ts";
import { verifyDomain } from "../domains/verify-domain.ts";
import { findSite, holdSite } from "../release/sites.ts";
import { addRoute, type Api, z } from "./route.ts";
import { byProject } from "./site-routes.ts";

const byDomain = z.object({ domain: z.string().max(253) });

export function addDomainRoutes(app: Api, context: Context): void {
  const tag = "Domains";

  addRoute(
    app,
    {
      method: "get",
      path: "/domains",
      tag,
      summary: "Where a site is reached",
      permission: "site:read",
      query: byProject,
      answer: api.domainList,
    },
    async ({ actor, query }) => await listDomains(context, await findSite(context, actor, query.project)),
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/domains",
      tag,
      summary: "Ask for a custom domain",
      permission: "domain:write",
      body: api.domainRequest,
      answer: api.domainCreated,
    },
    async ({ actor, body }) =>
      await holdSite(context, actor, body.project, (site) => addDomain(context, actor, site, body)),
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/domains/{domain}/verify",
      tag,
      summary: "Look for a custom domain's TXT record, and serve the domain",
      permission: "domain:write",
      params: byDomain,
      answer: api.domainVerified,
    },
    async ({ actor, params }) => await verifyDomain(context, actor, params.domain),
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/domains/{domain}",
      tag,
      summary: "Remove a custom domain",
      permission: "domain:write",
      params: byDomain,
      query: z.object({ slug: z.string().max(MAX_MOUNT_PATH_LENGTH).optional() }),
      answer: api.domainDeleted,
    },
    async ({ actor, params, query }) => {
      await removeDomain(context, actor, params.domain, query.slug);
      return { deleted: true as const };
    },
  );

  addRoute(
    app,
    {
      method: "put",
      path: "/domains/rename",
      tag,
      summary: "Give a site another subdomain; the old one redirects",
      permission: "site:write",
      query: byProject,
      body: api.renameRequest,
      answer: api.renamed,
    },
    async ({ actor, query, body }) =>
      await holdSite(context, actor, query.project, (site) => renameSite(context, actor, site, body.new_subdomain)),
  );
}
