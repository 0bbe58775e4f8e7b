import type { RuledSite } from "./ruled-site.ts";

export const NETLIFY_ANSWERS: readonly RuledSite[] = [
  {
    about: "Netlify: files win unless the rule is forced",
    rules: `
/about      /plain
/about.html /forced 302!
/docs/*     /manual/:splat
/docs/a     /forced-a 301!
/img/x.png  /y.png 301!
/img/*      /pictures/:splat
/           /home
/index.html /start
/*          /catch/:splat 302
`,
    rows: [
      ["/about", "200 about.html"],
      ["/about.html", "302 /forced"],
      ["/docs/", "200 docs/index.html"],
      ["/docs", "307 /docs/"],
      ["/docs/a", "301 /forced-a"],
      ["/docs/a.html", "307 /docs/a"],
      ["/docs/b", "301 /manual/b"],
      ["/img/x.png", "301 /y.png"],
      ["/img/z.png", "301 /pictures/z.png"],
      ["/", "200 index.html"],
      ["/index.html", "307 /"],
      ["/a%20b", "200 a b.html"],
      ["/%C3%A9", "200 é.html"],
      ["/x", "302 /catch/x"],
      ["/catch/x", "302 /catch/catch/x"],
    ],
  },
  {
    about: "Netlify: rewrites and pages under other statuses",
    rules: `
/app/*       /docs/ 200
/pretty      /about 200
/html        /about.html 200
/folder      /docs 200
/png         /img/x.png 200
/utf8        /%C3%A9 200
/spaced      /a%20b.html 200
/missing     /no/such 200
/missing-410 /no/such 410
/gone        /about 410
/legal       /about 451
/no          /about.html 404
/later       /about 503
/take/*      /:splat 200
/rules       /_redirects 200
/up/:x       /docs/:x 200
/img/x.png   /about 200!
/about       /docs/ 404!
/self        /self 200
/chain       /pretty 200
/query       /about?x=1 200
/fwd/*       200
`,
    rows: [
      ["/app", "200 docs/index.html"],
      ["/app/any/thing", "200 docs/index.html"],
      ["/app/any.js", "200 docs/index.html"],
      ["/pretty", "200 about.html"],
      ["/pretty/", "200 about.html"],
      ["/pretty?x=1", "200 about.html"],
      ["/html", "200 about.html"],
      ["/folder", "200 docs/index.html"],
      ["/png", "200 img/x.png"],
      ["/utf8", "200 é.html"],
      ["/spaced", "200 a b.html"],
      ["/missing", "404 404.html"],
      ["/missing-410", "404 404.html"],
      ["/gone", "410 about.html"],
      ["/legal", "451 about.html"],
      ["/no", "404 about.html"],
      ["/later", "503 about.html"],
      ["/take/about", "200 about.html"],
      ["/take/docs/a", "200 docs/a.html"],
      ["/take/docs/", "200 docs/index.html"],
      ["/take/nothing", "404 404.html"],
      ["/take/a%20b", "200 a b.html"],
      ["/rules", "404 404.html"],
      ["/take/_redirects", "404 404.html"],
      ["/up/a", "200 docs/a.html"],
      ["/up/%2e%2e", "200 index.html"],
      ["/img/x.png", "200 about.html"],
      ["/about", "404 docs/index.html"],
      ["/self", "404 404.html"],
      ["/chain", "404 404.html"],
      ["/query", "200 about.html"],
      ["/fwd/x", "404 404.html"],
    ],
  },
];
