import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cacheControlOf, holdsContentHash, mayHoldContentHash } from "./caching.ts";

const HASHED = [
  ["Vite", "assets/index-DiwrgTda.js"],
  ["Vite with a hyphen in the hash", "assets/index-D-x3_aB2.css"],
  ["Vite 4", "assets/index-4e3f2a1b.js"],
  ["webpack", "main.3f2a1b4c5d6e7f809a1b.js"],
  ["Create React App", "static/js/main.3f2a1b4c.chunk.js"],
  ["a source map", "static/js/main.3f2a1b4c.js.map"],
  ["Parcel", "index.1a2b3c4d.css"],
  ["esbuild", "chunk-5JH2WFUX.js"],
  ["Angular", "main-QK7T2R5A.js"],
  ["Next.js", "_next/static/chunks/main-app.js"],
  ["Next.js under a base path", "docs/_next/static/x7Yb/_buildManifest.js"],
  ["SvelteKit", "_app/immutable/entry/start.js"],
  ["Astro", "_astro/hoisted.BqAu6D3v.js"],
  ["Nuxt", "_nuxt/DlAUqK2U.js"],
  ["VitePress", "assets/guide_index.md.BqAu6D3v.lean.js"],
  ["Docusaurus", "assets/js/1be78505.8a0f2c1d.js"],
  ["Gatsby", "component---src-pages-index-js-3f2a1b4c5d6e7f809a1b.js"],
  ["Hugo", `css/style.min.${"3f2a1b4c".repeat(8)}.css`],
  ["Sprockets", `application-${"3f2a1b4c".repeat(8)}.js`],
  ["Material for MkDocs", "assets/javascripts/bundle.83f73b43.min.js"],
] as const;

const PLAIN = [
  "index.html",
  "jquery-3.7.1.min.js",
  "bootstrap.bundle.min.js",
  "assets/report-20240115.pdf",
  "assets/2024-01-15-notes.html",
  "assets/menu-cafe2024.jpg",
  "assets/logo-1920x1080.png",
  "assets/photo-1024x768.jpg",
  "assets/sprite-1024x768.css",
  "assets/logo-MyPlugin.svg",
  "assets/jquery-plugin.js",
  "assets/iPhone5S.png",
  "assets/app-settings.js",
  "fonts/inter-deadbeef.woff2",
  "OVERVIEW.md",
  "CHAPTER2.md",
  "assets/OVERVIEW.md",
  "_nuxt/builds/latest.json",
  "assets/Homepage.css",
  "DiwrgTda.js",
  "3f2a1b4c/readme.txt",
  "3f2a1b4c5d6e7f80",
];

describe("holdsContentHash", () => {
  test.each(HASHED)("knows the names of %s: %s", (_, path) => expect(holdsContentHash(path)).toBe(true));
  test.each(PLAIN)("takes %s for a name that a person chose", (path) => expect(holdsContentHash(path)).toBe(false));

  const base64Hash = fc.string({
    unit: fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
    minLength: 8,
    maxLength: 8,
  });
  const hexHash = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 8, maxLength: 8 });

  test.each([
    ["base 64", base64Hash, (hash: string) => `assets/index-${hash}.js`],
    ["hexadecimal", hexHash, (hash: string) => `main.${hash}.js`],
  ] as const)("knows most short hashes in %s, and lets nearly all of them survive", (_, hash, nameOf) => {
    const names = fc.sample(hash, { numRuns: 2000, seed: 7 }).map(nameOf);
    expect(names.filter(holdsContentHash).length).toBeGreaterThan(1600);
    expect(names.filter(mayHoldContentHash).length).toBeGreaterThan(1980);
  });
});

test("a name that may hold a hash is not one that a person writes", () => {
  expect(mayHoldContentHash("about.html")).toBe(false);
  expect(mayHoldContentHash("assets/team-portrait.jpg")).toBe(false);
  expect(mayHoldContentHash("main.12345678.js")).toBe(true);
});

test("hashed files are kept for a year, others are asked about", () => {
  expect(cacheControlOf("assets/index-DiwrgTda.js")).toBe("public, max-age=31536000, immutable");
  expect(cacheControlOf("index.html")).toBe("public, max-age=0, must-revalidate");
});
