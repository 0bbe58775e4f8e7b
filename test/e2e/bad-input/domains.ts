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
  [
    "a domain that another account has verified",
    add("bobs.example.com"),
    409,
    "conflict",
    /^bobs\.example\.com is taken: another account has verified it/,
  ],
  ["a domain that is taken, in upper case", add("BOBS.example.com."), 409, "conflict", /is taken/],
  ["a path of a domain that is taken", add("bobs.example.com", { slug: "/blog" }), 409, "conflict", /is taken/],
  [
    "a domain under the server's own",
    add("bobs.sites.test"),
    400,
    "invalid",
    /belongs to the server\. Give a name outside sites\.test/,
  ],
  ["a domain that is a URL", add("https://example.com/"), 400, "invalid", /is not a domain name such as/],
  ["a domain that is an address", add("127.0.0.1"), 400, "invalid", /belongs to the server/],
  ["a domain that is a path", add("../../etc"), 400, "invalid", /is not a domain name such as/],
  [
    "a domain whose wildcard is not its first label",
    add("www.*.example.com"),
    400,
    "invalid",
    /is not a domain name such as/,
  ],
  [
    "a slug that ends in a slash",
    add("anns.example.com", { slug: "/docs/" }),
    400,
    "invalid",
    /^The path "\/docs\/" must/,
  ],
  ["a slug that leaves", add("anns.example.com", { slug: "/../etc" }), 400, "invalid", /^The path "\/\.\.\/etc" must/],
  [
    "an environment that there is not",
    add("anns.example.com", { environment: "stage" }),
    400,
    "invalid",
    /environment/,
  ],
  [
    "a domain that redirects to itself",
    add("anns.example.com", { redirect_to: "anns.example.com" }),
    400,
    "invalid",
    /cannot redirect to anns\.example\.com/,
  ],
  [
    "a domain that redirects to another account's",
    add("new.example.com", { redirect_to: "bobs.example.com" }),
    400,
    "invalid",
    /^You have no domain bobs\.example\.com to redirect to/,
  ],
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
