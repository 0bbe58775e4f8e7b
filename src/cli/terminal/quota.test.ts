import { expect, test } from "bun:test";
import { createPaint } from "./paint.ts";
import { formatQuota, ofLimit } from "./quota.ts";

test("what there is stands beside what there may be, where that is limited", () => {
  expect(ofLimit(3, 100, String)).toBe("3 of 100");
  expect(ofLimit(3, null, String)).toBe("3");
});

test("a quota says which limits are the workspace's own", () => {
  const quota = {
    workspace: "ws_1",
    name: "ann@example.com",
    owner_email: "ann@example.com",
    limits: {
      max_files: 10_000,
      max_file_size: 100 * 1024 ** 2,
      max_deploy_size: 500 * 1024 ** 2,
      max_stored_size: 10 * 1024 ** 3,
      max_sites: 100,
      max_requests_per_minute: null,
    },
    set: ["max_stored_size" as const],
    used: { stored_size: 1_600_000, sites: 2, deleted_sites: 0 },
  };
  expect(formatQuota(quota, createPaint(false))).toBe(
    [
      "Workspace ann@example.com (ws_1)",
      "stored             1.5 MiB of 10 GiB  set for this workspace",
      "sites              2 of 100",
      "requests a minute  no limit",
      "files a deploy     10,000",
      "size of a file     100 MiB",
      "size of a deploy   500 MiB",
    ].join("\n"),
  );
});
