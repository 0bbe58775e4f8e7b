import type { RuledSite } from "./ruled-site.ts";

export const TOLD_BY_CONTENT: readonly RuledSite[] = [
  {
    about: "Told by content: a part of a segment is Cloudflare's",
    rules: "/a*b /c\n/about /d",
    rows: [
      ["/axb", "302 /c"],
      ["/about", "302 /d"],
    ],
  },
  {
    about: "Told by content: a forced status is Netlify's",
    rules: "/x /c 301!\n/y /d\n/about /d",
    rows: [
      ["/x", "301 /c"],
      ["/y", "301 /d"],
      ["/about", "200 about.html"],
    ],
  },
  {
    about: "Told by content: what both read is Netlify's",
    rules: "/y /d",
    rows: [["/y", "301 /d"]],
  },
];
