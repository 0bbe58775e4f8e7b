import { expect, test } from "bun:test";
import { parseSiteName } from "#model";
import { suggestSiteName } from "./site-name.ts";

test.each([
  ["my-site", "my-site"],
  ["My Café Site", "my-cafe-site"],
  ["@acme/web_app", "web-app"],
  ["2024 report", "report"],
  ["docs--old-", "docs-old"],
  ["shop-beta", "shop"],
  ["www", "www-site"],
  ["日本", "my-site"],
  ["", "my-site"],
])("%p becomes %p", (text, name) => {
  expect(suggestSiteName(text)).toBe(name);
});

test.each(["a".repeat(80), "-", "beta-beta", "x-beta-beta", "app", `${"a".repeat(57)}-b`, `${"a".repeat(53)}-beta-x`])(
  "what becomes of %p is a site's name",
  (text) => {
    expect(parseSiteName(suggestSiteName(text)).ok).toBe(true);
  },
);
