import { describe, expect, test } from "bun:test";
import { describeChange } from "./describe-change.ts";

describe("a change is told", () => {
  test("field by field, what there was beside what there is", () => {
    expect(describeChange({ role: "viewer", sites: [] }, { role: "admin", sites: [] })).toEqual([
      { field: "role", before: "viewer", after: "admin" },
      { field: "sites", before: "[]", after: "[]" },
    ]);
  });

  test("of what was made, or is gone, with one side alone", () => {
    expect(describeChange(null, { name: "shop", keep: 3 })).toEqual([
      { field: "name", before: undefined, after: "shop" },
      { field: "keep", before: undefined, after: "3" },
    ]);
    expect(describeChange({ kind: "lock", reason: null }, null)).toEqual([
      { field: "kind", before: "lock", after: undefined },
    ]);
  });

  test("where it is no object as one value, and as nothing where there is none", () => {
    expect(describeChange("old", ["new"])).toEqual([{ field: "value", before: "old", after: '["new"]' }]);
    expect(describeChange(null, null)).toEqual([]);
  });
});
