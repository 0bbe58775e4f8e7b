import { describe, expect, test } from "bun:test";
import { describeMembership, roleChoices, mayDeploy } from "./roles.ts";

test("nobody but an owner is offered to make owners", () => {
  expect(roleChoices("owner").map(({ value }) => value)).toEqual(["owner", "admin", "developer", "viewer", null]);
  expect(roleChoices("admin").map(({ value }) => value)).toEqual(["admin", "developer", "viewer", null]);
});

describe("a membership is described", () => {
  test("by its role", () => {
    expect(describeMembership({ role: "admin", sites: [] })).toBe("admin");
  });

  test("by what somebody is on single sites, beside the role or instead of it", () => {
    const sites = [
      { project: "shop", role: "developer" as const },
      { project: "blog", role: "viewer" as const },
    ];
    expect(describeMembership({ role: "viewer", sites: sites.slice(0, 1) })).toBe("viewer, and developer of shop");
    expect(describeMembership({ role: null, sites })).toBe("developer of shop, viewer of blog");
  });

  test("of a site that is gone as nothing", () => {
    expect(describeMembership({ role: null, sites: [] })).toBe("nothing any more");
  });
});

test("releasing is offered to developers and above, and while it is not known who reads", () => {
  const roles = ["owner", "developer", "viewer", null] as const;
  expect(roles.map((role) => mayDeploy({ role }))).toEqual([true, true, false, false]);
  expect(mayDeploy(undefined)).toBe(true);
});
