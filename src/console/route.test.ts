import { describe, expect, test } from "bun:test";
import {
  comparePath,
  deployLogPath,
  deployPath,
  parseRoute,
  RELEASE_TABS,
  releasePath,
  sitePath,
  SITE_TABS,
} from "./route.ts";

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

  test("that was written for a release's tab, or for a deploy, reads back as that", () => {
    for (const tab of RELEASE_TABS) {
      const route = { page: "release", site: "shop", version: "v12", tab } as const;
      expect(parseRoute(releasePath("shop", "v12", tab))).toEqual(route);
    }
    expect(parseRoute(deployPath("shop"))).toEqual({ page: "deploy", site: "shop" });
    expect(parseRoute(deployLogPath("shop", "plan_1"))).toEqual({ page: "deploy-log", site: "shop", id: "plan_1" });
  });

  test("may end in a slash", () => {
    expect(parseRoute("/tokens/")).toEqual({ page: "tokens" });
    expect(parseRoute("/device/")).toEqual({ page: "device" });
  });

  test.each([
    "/sites",
    "/sites/shop/nothing",
    "/sites/shop/settings/deep",
    "/sites/shop/releases/latest",
    "/sites/shop/releases/v1/nothing",
    "/sites/shop/releases/v1/files/deep",
    "/sites/shop/deploys",
    "/sites/shop/deploys/plan_1/deep",
    "/tokens/1",
    "/elsewhere",
  ])("that names no page is unknown: %s", (path) => {
    expect(parseRoute(path)).toEqual({ page: "unknown" });
  });
});

test("a comparison names both releases", () => {
  expect(comparePath("shop", "v1", "v2")).toBe("/sites/shop/releases/v2/changes?from=v1");
});
