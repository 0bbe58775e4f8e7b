import { expect, test } from "bun:test";
import { checkFileNames } from "./file-names.ts";
import { sourceFile } from "./source-tree.ts";

function faults(path: string): string[] {
  return checkFileNames([sourceFile(path, "")]);
}

test.each([
  "src/cli/util.ts",
  "src/cli/utils.ts",
  "src/store/disk-helpers.ts",
  "src/common/a.ts",
  "test/shared.ts",
  "scripts/misc.mjs",
  "src/cli/helper.test.ts",
])("refuses the vague name %s", (path) => {
  expect(faults(path)[0]).toContain("says nothing");
});

test.each(["src/cli/DeployPlan.ts", "src/cli/deploy_plan.ts", "src/cli/deployPlan.test.ts"])(
  "refuses %s: not kebab-case",
  (path) => {
    expect(faults(path)[0]).toContain("kebab-case");
  },
);

test.each([
  "src/cli/deploy-plan.ts",
  "src/cli/v1.test.ts",
  "src/console/site-list.svelte",
  ".oxlintrc.json",
  "README.md",
  "src/console/state.svelte.ts",
])("lets %s pass", (path) => {
  expect(faults(path)).toEqual([]);
});
