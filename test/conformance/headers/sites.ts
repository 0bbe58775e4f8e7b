import type { RulesDialect } from "#model";

/** A path, and one header of what it is answered; `-` is a header that is not there. */
type Row = readonly [path: string, header: string, value: string];

/** A site with these headers beside the files below. `HOST` stands for its own name. */
export interface Site {
  readonly about: string;
  /** Left out: told by content. */
  readonly dialect?: RulesDialect;
  readonly rules: string;
  readonly rows: readonly Row[];
}

export const FILES: Readonly<Record<string, string>> = {
  "index.html": "<p>home",
  "404.html": "<p>no",
  "about.html": "<p>about",
  "docs/index.html": "<p>docs",
  "assets/app.js": "1",
  "assets/deep/app.js": "2",
  "assets/index-DiwrgTda.js": "3",
  "é.html": "<p>é",
  "secret/page.html": "<p>secret",
};
const REVALIDATE = "public, max-age=0, must-revalidate";

export const SITES: readonly Site[] = [
  {
    about: "Netlify",
    rules: `
X-Lost: before any path
/*
  X-All: yes
  X-Frame-Options: DENY
  Link: </a.css>; rel=preload
  Link: </b.css>; rel=preload
  X-Colon: a:b: c
/about
  X-About: 1
  X-All: replaced
/ABOUT
  X-Case: insensitive
/docs/
  X-Docs: 1
/docs/*
  X-Below: 1
/assets/*.js
  X-Script: 1
  Cache-Control: public, max-age=60
/*/deep/*
  X-Deep: 1
/:one
  X-One: 1
/:one/:two
  X-Two: 1
/caf%C3%A9
  X-Encoded: 1
/é
  X-Plain: 1
/assets/index-*
  Content-Type: text/plain
  X-Robots-Tag: all
  Referrer-Policy: no-referrer
  X-Content-Type-Options: sniff
  Content-Length: 1
  ETag: "mine"
  Content-Encoding: br
/no
  Cache-Control: public, max-age=600
  X-Missing: 1
`,
    rows: [
      ["/", "X-All", "yes"],
      ["/", "X-Lost", "-"],
      ["/", "X-Frame-Options", "DENY"],
      ["/", "Link", "</a.css>; rel=preload, </b.css>; rel=preload"],
      ["/", "X-Colon", "a:b: c"],
      ["/", "X-About", "-"],
      ["/", "X-One", "-"],
      ["/", "X-Docs", "-"],
      ["/", "Cache-Control", REVALIDATE],
      ["/", "X-Content-Type-Options", "nosniff"],
      ["/about", "X-About", "1"],
      ["/about", "X-All", "replaced"],
      ["/about", "X-Case", "insensitive"],
      ["/about", "X-One", "1"],
      ["/about", "X-Two", "-"],
      ["/about", "X-Frame-Options", "DENY"],
      ["/about?x=1", "X-About", "1"],
      ["/%61bout", "X-About", "1"],
      ["/docs/", "X-Docs", "1"],
      ["/docs/", "X-Below", "1"],
      ["/docs/", "X-One", "1"],
      ["/docs", "X-Docs", "-"],
      ["/docs", "X-All", "-"],
      ["/assets/app.js", "X-Script", "1"],
      ["/assets/app.js", "Cache-Control", "public, max-age=60"],
      ["/assets/app.js", "X-Two", "1"],
      ["/assets/app.js", "X-Deep", "-"],
      ["/assets/deep/app.js", "X-Script", "1"],
      ["/assets/deep/app.js", "X-Deep", "1"],
      ["/assets/deep/app.js", "X-Two", "-"],
      ["/%C3%A9", "X-Plain", "1"],
      ["/%C3%A9", "X-Encoded", "-"],
      ["/assets/index-DiwrgTda.js", "Content-Type", "text/plain"],
      ["/assets/index-DiwrgTda.js", "X-Robots-Tag", "all"],
      ["/assets/index-DiwrgTda.js", "Referrer-Policy", "no-referrer"],
      ["/assets/index-DiwrgTda.js", "X-Content-Type-Options", "sniff"],
      ["/assets/index-DiwrgTda.js", "Content-Encoding", "-"],
      ["/assets/index-DiwrgTda.js", "Content-Length", "1"],
      ["/assets/index-DiwrgTda.js", "Cache-Control", "public, max-age=60"],
      ["/no", "X-Missing", "1"],
      ["/no", "X-All", "yes"],
      ["/no", "Cache-Control", "no-store"],
      ["/none.js", "X-All", "yes"],
      ["/none.js", "Cache-Control", "no-store"],
      ["/_headers", "X-All", "yes"],
      ["/_headers", "Cache-Control", "no-store"],
      ["/%zz", "X-All", "yes"],
    ],
  },
  {
    about: "Cloudflare",
    rules: `
/*
  X-All: yes
  ! X-Content-Type-Options
  Referrer-Policy: no-referrer
/about
  X-All: also
  X-About: 1
  ! Referrer-Policy
/ABOUT
  X-Case: sensitive
/docs/
  X-Docs: 1
/assets/*.js
  X-Script: :splat
  ! Cache-Control
/assets/:name
  X-Name: :name and :other
/:page
  X-Page: :page
  ! X-Page-Not-There
https://HOST/*
  X-Host: 1
https://:site.sitepod.test/assets/*
  X-Site: :site
https://other.example/*
  X-Other: 1
/é
  X-Plain: 1
/no
  Cache-Control: public, max-age=600
`,
    rows: [
      ["/", "X-All", "yes"],
      ["/", "X-Content-Type-Options", "-"],
      ["/", "Referrer-Policy", "no-referrer"],
      ["/", "X-Page", "-"],
      ["/", "X-Host", "1"],
      ["/", "X-Other", "-"],
      ["/", "X-Site", "-"],
      ["/about", "X-All", "yes, also"],
      ["/about", "X-About", "1"],
      ["/about", "X-Case", "-"],
      ["/about", "Referrer-Policy", "-"],
      ["/about", "X-Page", "about"],
      ["/docs/", "X-Docs", "1"],
      ["/docs/", "X-Page", "-"],
      ["/assets/app.js", "X-Script", "app"],
      ["/assets/app.js", "Cache-Control", "-"],
      ["/assets/app.js", "X-Name", "app.js and :other"],
      ["/assets/app.js", "X-Site", "h1"],
      ["/assets/deep/app.js", "X-Script", "deep/app"],
      ["/assets/deep/app.js", "X-Name", "-"],
      ["/%C3%A9", "X-Page", "%C3%A9"],
      ["/%C3%A9", "X-Plain", "1"],
      ["/no", "Cache-Control", "no-store"],
      ["/no", "X-Page", "no"],
      ["/a%20b%3Ac", "X-Page", "a%20b:c"],
    ],
  },
  {
    about: "Netlify where it is set",
    dialect: "netlify",
    rules: "/*\n  ! X-Content-Type-Options\nhttps://HOST/*\n  X-A: 1\n/about\n  X-B: :splat",
    rows: [
      ["/", "X-Content-Type-Options", "nosniff"],
      ["/about", "X-A", "-"],
      ["/about", "X-B", ":splat"],
    ],
  },
  {
    about: "Cloudflare where it is set",
    dialect: "cloudflare",
    rules: "/*\n  X-A: 1\n/About/\n  X-B: 1\n/secret/*\n  Basic-Auth: ann:a\n  X-C: 1",
    rows: [
      ["/about", "X-A", "1"],
      ["/about", "X-B", "-"],
      ["/secret/page", "X-C", "1"],
      ["/secret/page", "Basic-Auth", "-"],
    ],
  },
];
