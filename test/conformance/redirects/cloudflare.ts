import type { RuledSite } from "./ruled-site.ts";

export const CLOUDFLARE: readonly RuledSite[] = [
  {
    about: "Cloudflare: paths, statuses, slashes",
    dialect: "cloudflare",
    rules: `
/plain     /about
/moved     /about 301
/other     /about 303
/temporary /about 307
/permanent /about 308
/slash/    /about
/?x=1      /ignored-query
no-slash   /about # why
/out       https://example.com/x#f
/own       /about?own=1#top
/about     /wins
/docs/     /wins-too 301
/forced    /about 301!
/gone      /about 410
/plain     /second
/lang      /de 302 Language=de
`,
    rows: [
      ["/plain", "302 /about"],
      ["/plain?x=1", "302 /about?x=1"],
      ["/plain/", "404 404.html"],
      ["/Plain", "404 404.html"],
      ["/moved", "301 /about"],
      ["/other", "303 /about"],
      ["/temporary", "307 /about"],
      ["/permanent", "308 /about"],
      ["/slash/", "302 /about"],
      ["/slash", "404 404.html"],
      ["/", "302 /ignored-query"],
      ["/no-slash", "302 /about"],
      ["/out?q=1", "302 https://example.com/x?q=1#f"],
      ["/own?x=1", "302 /about?own=1#top"],
      ["/about", "302 /wins"],
      ["/about.html", "307 /about"],
      ["/docs/", "301 /wins-too"],
      ["/docs/a", "200 docs/a.html"],
      ["/forced", "404 404.html"],
      ["/gone", "404 404.html"],
      ["/lang", "404 404.html", { "Accept-Language": "de" }],
      ["/_redirects", "404 404.html"],
    ],
  },
  {
    about: "Cloudflare: splats, placeholders, rewrites",
    dialect: "cloudflare",
    rules: `
/static               /about
/blog/*               /news/:splat
/a*z                  /az/:splat
/in/*/out             /through/:splat
/*.php                /:splat 301
/:year-:month/:id.txt /:year/:month/:id
/user/:name           /u/:name
/user/:name/          /slash/:name
/app/*                /docs/ 200
/page/:x              /docs/:x 200
/to-html              /about.html 200
/no-file              /nothing 200
/late                 /too-late
/co*                  https://example.com/:splat
`,
    rows: [
      ["/static", "302 /about"],
      ["/blog/a/b", "302 /news/a/b"],
      ["/blog/", "302 /news/"],
      ["/blog", "404 404.html"],
      ["/az", "302 /az/"],
      ["/a/b/z", "302 /az/b/"],
      ["/abcz", "302 /az/bc"],
      ["/in/x/y/out", "302 /through/x/y"],
      ["/in/out", "404 404.html"],
      ["/x/index.php", "301 /x/index"],
      ["/x/index.php?a=b", "301 /x/index?a=b"],
      ["/2030-01/7.txt", "302 /2030/01/7"],
      ["/2030-/7.txt", "404 404.html"],
      ["/user/ann", "302 /u/ann"],
      ["/user/ann/", "302 /slash/ann"],
      ["/user/", "404 404.html"],
      ["/app/x/y", "200 docs/index.html"],
      ["/app/", "200 docs/index.html"],
      ["/app", "404 404.html"],
      ["/page/a", "200 docs/a.html"],
      ["/page/b", "404 404.html"],
      ["/to-html", "200 about.html"],
      ["/no-file", "404 404.html"],
      ["/late", "302 /too-late"],
      ["/cover", "302 https://example.com/ver"],
      ["/co//evil.example", "404 404.html"],
    ],
  },
];
