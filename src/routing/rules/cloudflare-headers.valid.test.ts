import { expect, test } from "bun:test";
import { MAX_HEADER_RULES, parseCloudflareHeaders } from "./cloudflare-headers.ts";

test("blocks set and take away headers", () => {
  const { rules, faults } = parseCloudflareHeaders("/*\n  X-A: 1\n  ! X-Frame-Options\n  !Link\n  x-a: 2");
  expect(faults).toEqual([]);
  expect(rules).toMatchObject([{ line: 1, set: [{ name: "x-a", value: "1, 2" }], unset: ["x-frame-options", "link"] }]);
});

test.each([
  "/",
  "/a/*",
  "/a*/b",
  "/*.jpg",
  "/:user/:id.html",
  "/a?b#c",
  "https://example.com/*",
  "https://example.com",
  "https://:project.pages.dev/*",
  "https://:version.:project.pages.dev/:x",
  "https://my-:name.Example.com/*",
])("%s is a path of headers", (place) => {
  const { rules, faults } = parseCloudflareHeaders(`${place}\n  X-A: 1`);
  expect([rules.length, faults]).toEqual([1, []]);
});

test("as many rules are read as Cloudflare reads", () => {
  const file = Array.from({ length: MAX_HEADER_RULES }, (_, i) => `/${i}\n  X-A: 1`).join("\n");
  const { rules, faults } = parseCloudflareHeaders(file);
  expect([rules.length, faults]).toEqual([MAX_HEADER_RULES, []]);
});
