import { describe, expect, test } from "bun:test";
import {
  includesScope,
  mayAppoint,
  mayAs,
  type Permission,
  PERMISSIONS,
  type Role,
  roleOf,
  ROLES,
  ruleOf,
} from "./permission.ts";

const permissions = Object.keys(PERMISSIONS) as Permission[];
const member = (role: Role | null) => ({ member: { role } });
const held = (role: Role | null) => permissions.filter((permission) => mayAs(member(role), permission));

describe("a role", () => {
  test("has all that a lesser one has, and more", () => {
    for (const [i, role] of ROLES.slice(0, -1).entries()) {
      const [own, lesser] = [held(role), held(ROLES[i + 1]!)];
      expect(lesser.filter((permission) => !own.includes(permission))).toEqual([]);
      expect(own.length).toBeGreaterThan(lesser.length);
    }
  });

  test("of a viewer reads alone, but for leaving", () => {
    expect(held("viewer").filter((permission) => !permission.endsWith(":read"))).toEqual(["workspace:leave"]);
  });

  test("of a developer deploys and rolls back, and changes neither domains nor people", () => {
    const may = (permission: Permission) => mayAs(member("developer"), permission);
    expect([may("site:deploy"), may("site:rollback"), may("site:create")]).toEqual([true, true, true]);
    expect([may("domain:write"), may("member:write"), may("site:delete"), may("audit:read")]).toEqual(
      Array(4).fill(false),
    );
  });

  test("of no one has nothing, not what concerns the server either", () => {
    for (const permission of permissions) expect(mayAs({ member: null, grant: "developer" }, permission)).toBe(false);
    expect(held("owner")).not.toContain("server:operate");
  });
});

describe("a grant to a site", () => {
  test("gives what holds on a site, and nothing in the workspace", () => {
    for (const permission of permissions) {
      const { of } = ruleOf(permission);
      const alone = mayAs({ member: { role: null }, grant: "developer" }, permission);
      const isOpenToAll = ruleOf(permission).role === "member";
      expect([permission, alone]).toEqual([
        permission,
        isOpenToAll || (of === "site" && held("developer").includes(permission)),
      ]);
    }
  });

  test("takes nothing from who has more by their role", () => {
    for (const permission of held("admin")) {
      expect(mayAs({ member: { role: "admin" }, grant: "viewer" }, permission)).toBe(true);
    }
  });
});

test("the greater of a role and a grant is what somebody is on a site", () => {
  expect(roleOf({ member: { role: "viewer" }, grant: "developer" })).toBe("developer");
  expect(roleOf({ member: { role: "admin" }, grant: "developer" })).toBe("admin");
  expect(roleOf({ member: { role: null }, grant: "viewer" })).toBe("viewer");
  expect(roleOf({ member: { role: null }, grant: null })).toBeNull();
  expect(roleOf({ member: null, grant: "viewer" })).toBeNull();
});

test("a scope includes those below it alone", () => {
  expect(includesScope(["admin"], "deploy")).toBe(true);
  expect(includesScope(["deploy"], "read")).toBe(true);
  expect(includesScope(["deploy"], "admin")).toBe(false);
  expect(includesScope(["read", "deploy"], "deploy")).toBe(true);
  expect(includesScope([], "read")).toBe(false);
});

test("only owners appoint owners, and only owners and admins appoint anybody", () => {
  expect(mayAppoint("owner", "owner")).toBe(true);
  expect(mayAppoint("admin", "owner")).toBe(false);
  expect(mayAppoint("admin", "admin")).toBe(true);
  expect(mayAppoint("developer", "viewer")).toBe(false);
  expect(mayAppoint(null, null)).toBe(false);
});
