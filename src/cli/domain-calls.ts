import type { Api } from "#wire";
import type { SendMessage } from "./send-message.ts";

/** The part of the API that is about a site's domains. */
export function createDomainCalls(call: SendMessage) {
  const segment = encodeURIComponent;
  return {
    /** A domain that is added twice is there once. */
    addDomain: (request: Api.DomainRequest) =>
      call<Api.DomainCreated>("POST", "/domains", { body: request, isRepeatable: true }),
    domains: (project: string) => call<Api.DomainList>("GET", "/domains", { query: { project } }),
    verifyDomain: (domain: string) =>
      call<Api.DomainVerified>("POST", `/domains/${segment(domain)}/verify`, { isRepeatable: true }),
    removeDomain: (domain: string, slug: string | undefined) =>
      call<{ deleted: true }>("DELETE", `/domains/${segment(domain)}`, { query: { slug } }),
    rename: (project: string, subdomain: string) =>
      call<Api.Renamed>("PUT", "/domains/rename", { query: { project }, body: { new_subdomain: subdomain } }),
  };
}
