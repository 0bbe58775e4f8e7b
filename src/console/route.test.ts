import { describe, expect, test } from "bun:test";
import { comparePath, parseRoute, sitePath, SITE_TABS } from "./route.ts";

describe("a path", () => {
  test("at the root is the list of sites", () => {
    expect(parseRoute("/")).toEqual({ page: "sites" });
  });

  test("of a site without a tab is its releases", () => {
    expect(parseRoute("/sites/shop")).toEqual({ page: "site", site: "shop", tab: "releases" });
  });

  test("that was written for a tab reads back as that tab", () => {
    for (const tab of SITE_TABS) expect(parseRoute(sitePath("shop", tab))).toEqual({ page: "site", site: "shop", tab });
  });

  test("may end in a slash", () => {
    expect(parseRoute("/tokens/")).toEqual({ page: "tokens" });
    expect(parseRoute("/device/")).toEqual({ page: "device" });
  });

  test.each(["/sites", "/sites/shop/nothing", "/sites/shop/settings/deep", "/tokens/1", "/elsewhere"])(
    "that names no page is unknown: %s",
    (path) => {
      expect(parseRoute(path)).toEqual({ page: "unknown" });
    },
  );
});

test("a comparison names both releases", () => {
  expect(comparePath("shop", "v1", "v2")).toBe("/sites/shop/compare?from=v1&to=v2");
});
