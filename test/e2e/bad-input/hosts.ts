import type { BadInput } from "./case.ts";
import type { Answer, World } from "./world.ts";

/** A request to the data plane, as it is written on the wire. */
const page =
  (hostHeaders: string, path = "/", method = "GET") =>
  (world: World): Promise<Answer> =>
    world.sendRaw(`${method} ${path} HTTP/1.1\r\n${hostHeaders}Connection: close\r\n\r\n`);

const ofShop = (path: string, method?: string) => page("Host: shop.sites.test\r\n", path, method);

const notOneHost = /exactly one host/;
const noSite = /No site answers at this name\.[^]*Check its spelling/;

export const badHosts: readonly BadInput[] = [
  ["no Host", page(""), 400, undefined, /^/],
  ["an empty Host", page("Host: \r\n"), 400, undefined, notOneHost],
  ["two Hosts", page("Host: shop.sites.test\r\nHost: bobs.sites.test\r\n"), 400, undefined, notOneHost],
  ["the same Host twice", page("Host: shop.sites.test\r\nHost: shop.sites.test\r\n"), 400, undefined, notOneHost],
  ["a Host with a path", page("Host: shop.sites.test/admin\r\n"), 400, undefined, notOneHost],
  ["a Host with a user", page("Host: ann@shop.sites.test\r\n"), 400, undefined, notOneHost],
  ["a Host with two dots", page("Host: shop..sites.test\r\n"), 400, undefined, notOneHost],
  ["a Host with a port that is none", page("Host: shop.sites.test:http\r\n"), 400, undefined, notOneHost],
  ["a Host that no site has", page("Host: nowhere.sites.test\r\n"), 404, undefined, noSite],
  ["a Host that no site can have", page("Host: www.sites.test\r\n"), 404, undefined, noSite],
  ["a Host below a site", page("Host: a.shop.sites.test\r\n"), 404, undefined, noSite],
  ["a Host of another domain", page("Host: shop.example.com\r\n"), 404, undefined, noSite],
  ["a Host that ends like the domain", page("Host: evilsites.test\r\n"), 404, undefined, noSite],
  ["a domain that is not verified", page("Host: anns.example.com\r\n"), 404, undefined, noSite],
  ["an environment without a release", page("Host: shop-beta.sites.test\r\n"), 404, undefined, /Nothing released yet/],
  ["a release that there is not", page("Host: shop--v9.sites.test\r\n"), 404, undefined, noSite],
  ["a preview that there is not", page("Host: shop--none.sites.test\r\n"), 404, undefined, noSite],
  ["a POST to a site", ofShop("/", "POST"), 405, undefined, /Sites can only be read/],
  ["a DELETE of a page", ofShop("/index.html", "DELETE"), 405, undefined, /Sites can only be read/],
  ["a page that there is not", ofShop("/none.html"), 404, undefined, /^not here$/],
  ["a path that climbs out", ofShop("/../../../../etc/passwd"), 404, undefined, /^not here$/],
  ["a path that climbs out in disguise", ofShop("/..%2f..%2fetc%2fpasswd"), 404, undefined, /^not here$/],
  ["a path of another host", ofShop("//evil.example.com/.."), 404, undefined, /^not here$/],
  ["a path with a NUL", ofShop("/index.html%00"), 400, undefined, /The address is not well formed/],
  ["a path with broken percent-encoding", ofShop("/%zz"), 400, undefined, /stray/],
];
