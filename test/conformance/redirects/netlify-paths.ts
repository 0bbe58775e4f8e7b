import type { RuledSite } from "./ruled-site.ts";

export const NETLIFY_PATHS: readonly RuledSite[] = [
  {
    about: "Netlify: paths, statuses, slashes",
    rules: `
# comment
/plain           /about
/found           /about 302
/other           /about 303
/temporary       /about 307
/permanent       /about 308
/commented       /about 301 # why
/with-slash/     /about
/caf%C3%A9       /about
/naïve           /about
/Case            /about
/out             https://example.com
/out-path        https://example.com/x/y?z=1#f
/port            http://example.com:8080/
/idn             https://bücher.example/
/to-fragment     /about#top
/to-query        /about?own=1
/to-both         /about?own=1#top
/to-space        /a%20b
/to-utf8         /é
/twice           /first
/twice           /second
/deep/er/path    /about
`,
    rows: [
      ["/plain", "301 /about"],
      ["/plain/", "301 /about"],
      ["/plain?x=1&y=%20", "301 /about?x=1&y=%20"],
      ["/plain?", "301 /about?"],
      ["/plain/more", "404 404.html"],
      ["/Plain", "404 404.html"],
      ["/%70lain", "301 /about"],
      ["/found", "302 /about"],
      ["/other", "303 /about"],
      ["/temporary", "307 /about"],
      ["/permanent", "308 /about"],
      ["/commented", "301 /about"],
      ["/with-slash/", "301 /about"],
      ["/with-slash", "301 /about"],
      ["/caf%C3%A9", "301 /about"],
      ["/caf%c3%a9", "301 /about"],
      ["/na%C3%AFve", "301 /about"],
      ["/Case", "301 /about"],
      ["/case", "404 404.html"],
      ["/out", "301 https://example.com/"],
      ["/out?x=1", "301 https://example.com/?x=1"],
      ["/out-path", "301 https://example.com/x/y?z=1#f"],
      ["/out-path?q=1", "301 https://example.com/x/y?z=1#f"],
      ["/port", "301 http://example.com:8080/"],
      ["/idn", "301 https://xn--bcher-kva.example/"],
      ["/to-fragment", "301 /about#top"],
      ["/to-fragment?x=1", "301 /about?x=1#top"],
      ["/to-query", "301 /about?own=1"],
      ["/to-query?x=1", "301 /about?own=1"],
      ["/to-both?x=1", "301 /about?own=1#top"],
      ["/to-space", "301 /a%20b"],
      ["/to-utf8", "301 /%C3%A9"],
      ["/twice", "301 /first"],
      ["/deep/er/path", "301 /about"],
      ["/deep/er", "404 404.html"],
      ["/about", "200 about.html"],
      ["/_redirects", "404 404.html"],
      ["/_redirects/", "404 404.html"],
      ["/%5Fredirects", "404 404.html"],
      ["/plain%2f", "404 404.html"],
      ["/plain%00", "400"],
      ["/plain%zz", "400"],
    ],
  },
  {
    about: "Netlify: splats and placeholders",
    rules: `
/blog/*              /news/:splat
/all/*               /about
/date/:y/:m/:d/:slug /archive/:d-:m-:y/:slug.html
/swap/:a/:b          /:b/:a
/same/:x             /:x/:x
/long/:id/:id_2      /:id_2/:id
/both/:lang/*        /:lang/docs/:splat
/query/:x            /find?q=:x&all=:x
/frag/:x             /page#:x
/none/:x             /page/:y
/go/*                https://example.com/:splat
/deep/:x             https://example.com/a/:x?b=:x
/root/*              /:splat
/mid/*               /:splat/end
/colon/a:b           /about
`,
    rows: [
      ["/blog/a", "301 /news/a"],
      ["/blog/a/b/c", "301 /news/a/b/c"],
      ["/blog/a/", "301 /news/a/"],
      ["/blog/", "301 /news/"],
      ["/blog", "301 /news/"],
      ["/blogs", "404 404.html"],
      ["/blog/a?x=1", "301 /news/a?x=1"],
      ["/blog/a%20b", "301 /news/a%20b"],
      ["/blog/%C3%A9", "301 /news/%C3%A9"],
      ["/blog/a%3Fb", "301 /news/a%3Fb"],
      ["/blog/a%23b", "301 /news/a%23b"],
      ["/blog/a%25b", "301 /news/a%25b"],
      ["/all/x/y", "301 /about"],
      ["/date/2030/01/31/hi", "301 /archive/31-01-2030/hi.html"],
      ["/date/2030/01/31/hi/", "301 /archive/31-01-2030/hi.html"],
      ["/date/2030/01/31", "404 404.html"],
      ["/date/2030/01/31/hi/more", "404 404.html"],
      ["/swap/a/b", "301 /b/a"],
      ["/same/x", "301 /x/x"],
      ["/long/1/2", "301 /2/1"],
      ["/both/de/a/b", "301 /de/docs/a/b"],
      ["/both/de", "301 /de/docs/"],
      ["/query/a%26b", "301 /find?q=a%26b&all=a%26b"],
      ["/query/a=b", "301 /find?q=a%3Db&all=a%3Db"],
      ["/query/x?own=1", "301 /find?q=x&all=x"],
      ["/frag/x", "301 /page#x"],
      ["/none/x", "301 /page/:y"],
      ["/go/a/b?c=d", "301 https://example.com/a/b?c=d"],
      ["/go", "301 https://example.com/"],
      ["/deep/x%2Fy", "404 404.html"],
      ["/deep/xy", "301 https://example.com/a/xy?b=xy"],
      ["/root/evil.example", "301 /evil.example"],
      ["/root//evil.example", "404 404.html"],
      ["/root/%2fevil.example", "404 404.html"],
      ["/root/%5cevil.example", "404 404.html"],
      ["/root", "301 /"],
      ["/mid", "301 /end"],
      ["/mid/x", "301 /x/end"],
      ["/colon/a:b", "301 /about"],
      ["/colon/axx", "404 404.html"],
    ],
  },
];
