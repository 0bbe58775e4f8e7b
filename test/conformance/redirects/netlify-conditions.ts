import type { RuledSite } from "./ruled-site.ts";

export const NETLIFY_CONDITIONS: readonly RuledSite[] = [
  {
    about: "Netlify: parameters of the query",
    rules: `
/articles id=:id tag=:tag /posts/:tag/:id
/articles id=:id          /posts/:id
/articles tag=new         /new
/articles                 /all
/store id=:id             /store/:id 302
/search q=:q              https://example.com/find?q=:q
/empty q=                 /none
/page name=:splat         /p/:splat
`,
    rows: [
      ["/articles?id=7&tag=x", "301 /posts/x/7"],
      ["/articles?tag=x&id=7", "301 /posts/x/7"],
      ["/articles?tag=x&id=7&more=1", "301 /posts/x/7?more=1"],
      ["/articles?id=7", "301 /posts/7"],
      ["/articles?id=7&utm=a&b", "301 /posts/7?utm=a&b"],
      ["/articles?tag=new", "301 /new"],
      ["/articles?tag=old", "301 /all?tag=old"],
      ["/articles?id=", "301 /all?id="],
      ["/articles?ID=7", "301 /all?ID=7"],
      ["/articles", "301 /all"],
      ["/articles/?id=7", "301 /posts/7"],
      ["/store?id=a/b", "302 /store/a/b"],
      ["/store?id=%2F%2Fevil.example", "302 /store/evil.example"],
      ["/store?id=a%20b+c", "302 /store/a%20b%20c"],
      ["/store?id=%zz", "302 /store/%25zz"],
      ["/store?id=..", "302 /store/.."],
      ["/store?id=a%0d%0aX:y", "302 /store/a%0D%0AX:y"],
      ["/store", "404 404.html"],
      ["/search?q=a%26b", "301 https://example.com/find?q=a%26b"],
      ["/empty?q=", "301 /none"],
      ["/empty?q", "301 /none"],
      ["/empty?q=1", "404 404.html"],
      ["/page?name=x", "301 /p/x"],
    ],
  },
  {
    about: "Netlify: country, language, cookie",
    rules: `
/lang   /de 302 Language=de
/lang   /en 302 Language=en,en-gb
/lang   /other 302
/exact  /gb 302 Language=en-GB
/where  /au 302 Country=au,nz
/where  /us 302 Country=US
/cookie /legacy 302 Cookie=is_legacy,old
/all    /all-of-them 302 Country=de Language=de Cookie=beta
/files  /docs/ 200 Cookie=beta
/files  /about 200
/about  /beta 302! Cookie=beta
`,
    rows: [
      ["/lang", "302 /de", { "Accept-Language": "de" }],
      ["/lang", "302 /de", { "Accept-Language": "de-CH, en;q=0.8" }],
      ["/lang", "302 /en", { "Accept-Language": "EN-us" }],
      ["/lang", "302 /en", { "Accept-Language": "de;q=0.1, en;q=0.2" }],
      ["/lang", "302 /other", { "Accept-Language": "fr, de;q=0.9" }],
      ["/lang", "302 /other", { "Accept-Language": "*" }],
      ["/lang", "302 /other"],
      ["/lang", "302 /de", { "Accept-Language": "en", Cookie: "nf_lang=de" }],
      ["/exact", "302 /gb", { "Accept-Language": "en-GB" }],
      ["/exact", "404 404.html", { "Accept-Language": "en" }],
      ["/where", "302 /au", { "X-Country": "AU" }],
      ["/where", "302 /au", { "X-Country": "nz" }],
      ["/where", "302 /us", { "X-Country": "US" }],
      ["/where", "404 404.html", { "X-Country": "DE" }],
      ["/where", "404 404.html"],
      ["/where", "302 /us", { "X-Country": "AU", Cookie: "nf_country=us" }],
      ["/cookie", "302 /legacy", { Cookie: "is_legacy=1" }],
      ["/cookie", "302 /legacy", { Cookie: "a=b; old=" }],
      ["/cookie", "404 404.html", { Cookie: "new=is_legacy" }],
      ["/cookie", "404 404.html"],
      ["/all", "302 /all-of-them", { "X-Country": "de", "Accept-Language": "de", Cookie: "beta=1" }],
      ["/all", "404 404.html", { "X-Country": "de", "Accept-Language": "de" }],
      ["/files", "200 docs/index.html", { Cookie: "beta=1" }],
      ["/files", "200 about.html"],
      ["/about", "302 /beta", { Cookie: "beta=1" }],
      ["/about", "200 about.html"],
    ],
  },
  {
    about: "Netlify: what would go on for ever does not",
    rules: `
/a/:x      /a/b
/s/:x      /s/:x/
/h/*       http://HOST/h/:splat
/f/*       https://HOST/f/x
/q/:x      /q/:x?v=1
/one       /two 301!
/two       /one 301!
/me        /me
/*         /docs/:splat 301
`,
    rows: [
      ["/a/c", "301 /a/b"],
      ["/a/b", "301 /docs/a/b"],
      ["/a/b?x=1", "301 /docs/a/b?x=1"],
      ["/s/x", "301 /docs/s/x"],
      ["/s/x/", "301 /docs/s/x/"],
      ["/h/x", "301 /docs/h/x"],
      ["/f/x", "301 /docs/f/x"],
      ["/f/y", "301 https://HOST/f/x"],
      ["/q/x", "301 /q/x?v=1"],
      ["/q/x?v=1", "301 /docs/q/x?v=1"],
      ["/one", "301 /two"],
      ["/two", "301 /docs/two"],
      ["/me", "301 /docs/me"],
    ],
  },
  {
    about: "Netlify: hosts",
    rules: `
http://HOST/mine           /yes
https://HOST/*             /mine/:splat 302
https://other.example/both /other
/both                      /every
`,
    rows: [
      ["/mine", "301 /yes"],
      ["/x", "302 /mine/x"],
      ["/both", "302 /mine/both"],
    ],
  },
];
