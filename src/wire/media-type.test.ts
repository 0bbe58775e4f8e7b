import { expect, test } from "bun:test";
import { mediaType } from "./media-type.ts";

const cases: [path: string, type: string][] = [
  ["index.html", "text/html; charset=utf-8"],
  ["INDEX.HTML", "text/html; charset=utf-8"],
  ["robots.txt", "text/plain; charset=utf-8"],
  ["a/style.css", "text/css; charset=utf-8"],
  ["app.js", "text/javascript; charset=utf-8"],
  ["app.mjs", "text/javascript; charset=utf-8"],
  ["app.cjs", "text/javascript; charset=utf-8"],
  ["data.json", "application/json; charset=utf-8"],
  ["app.js.map", "application/json; charset=utf-8"],
  ["feed.xml", "application/xml; charset=utf-8"],
  ["feed.atom", "application/atom+xml; charset=utf-8"],
  ["logo.svg", "image/svg+xml; charset=utf-8"],
  ["site.webmanifest", "application/manifest+json; charset=utf-8"],
  [".well-known/apple-app-site-association", "application/json; charset=utf-8"],
  ["app.wasm", "application/wasm"],
  ["font.woff2", "font/woff2"],
  ["film.mp4", "video/mp4"],
  ["photo.avif", "image/avif"],
  ["archive.tar.gz", "application/gzip"],
];

test.each(cases)("%s is sent as %s", (path, type) => {
  expect(mediaType(path)).toBe(type);
});

test.each(["LICENSE", "html", "docs/js", "cjs", ".html", "objects.inv", "constructor", "a.constructor"])(
  "%s, a name that tells no type, is sent as bytes",
  (path) => {
    expect(mediaType(path)).toBe("application/octet-stream");
  },
);
