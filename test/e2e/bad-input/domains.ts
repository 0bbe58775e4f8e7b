import { ask, type BadInput } from "./case.ts";

const add = (domain: string, more: object = {}) => ask("ann", "POST", "/domains", { project: "shop", domain, ...more });
const rename = (name: string, project = "shop") =>
  ask("ann", "PUT", `/domains/rename?project=${project}`, { new_subdomain: name });

export const badDomains: readonly BadInput[] = [
  [
    "a domain of another account's site",
    add("new.example.com", { project: "bobs" }),
    404,
    "not_found",
    /^You have no site "bobs"/,
  ],
  ["a domain that is taken", add("bobs.example.com"), 409, "conflict", /^bobs\.example\.com is taken/],
  ["a domain that is taken, in upper case", add("BOBS.example.com."), 409, "conflict", /is taken/],
  ["a domain under the server's own", add("bobs.sites.test"), 400, "invalid", /Give a host name outside sites\.test/],
  ["a domain that is a URL", add("https://example.com/"), 400, "invalid", /cannot be a custom domain/],
  ["a domain that is an address", add("127.0.0.1"), 400, "invalid", /cannot be a custom domain/],
  ["a domain that is a path", add("../../etc"), 400, "invalid", /cannot be a custom domain/],
  ["a domain with a slug", add("new.example.com", { slug: "/docs" }), 400, "invalid", /its slug is "\/"/],
  [
    "the end of another account's domain",
    ask("ann", "DELETE", "/domains/bobs.example.com"),
    404,
    "not_found",
    /^You have no domain/,
  ],
  [
    "the end of a domain that there is not",
    ask("ann", "DELETE", "/domains/none.example.com"),
    404,
    "not_found",
    /^You have no domain/,
  ],
  [
    "the end of a site's own subdomain",
    ask("ann", "DELETE", "/domains/shop.sites.test"),
    400,
    "invalid",
    /cannot be removed\. Change it/,
  ],
  ["a subdomain that is taken", rename("bobs"), 409, "conflict", /^The subdomain bobs is taken/],
  ["a subdomain that it has already", rename("shop"), 409, "conflict", /has this subdomain already/],
  ["a subdomain that cannot be", rename("Shop_2"), 400, "invalid", /^Site name "Shop_2" must start with a letter/],
  ["a subdomain that is reserved", rename("api"), 400, "invalid", /is reserved/],
  ["a subdomain for another account's site", rename("mine", "bobs"), 404, "not_found", /^You have no site "bobs"/],
];
