import { expect, test } from "bun:test";
import type { Digest, ReleaseRecord } from "#model";
import {
  type ArchivedContent,
  formatArchivedRecord,
  formatArchivedRelease,
  formatArchiveIndex,
  parseArchivedRecord,
  parseArchivedRelease,
  parseArchiveIndex,
} from "./site-archive.ts";

const content = (letter: string, size: number): ArchivedContent => ({
  digest: letter.repeat(64) as Digest,
  sha256: letter.repeat(64),
  size,
});
const site = {
  site: "shop",
  environments: { prod: { version: 2, protected: true } },
  isProtected: true,
};
const record: ReleaseRecord = {
  version: 2,
  site: "shop",
  site_id: "site_1",
  workspace_id: "ws_1",
  image: "img_1",
  manifest: content("a", 1).digest,
  files_count: 1,
  total_size: 1,
  created_at: "2026-01-02T03:04:05.000Z",
  created_by: "user_1",
  trigger: "cli",
  message: "the second",
  git: { commit: "abc" },
};

test("an index is read as it was written", () => {
  const { sha256, size } = content("c", 7);
  const text = formatArchiveIndex(site, [{ version: 2, manifest: { sha256, size } }]);
  expect(parseArchiveIndex(text)).toEqual({ ok: true, value: { ...site, releases: [{ sha256, size }] } });
});

test("a release is read as it was written", () => {
  const { sha256, size } = content("d", 9);
  const parts = [{ sha256, size }, content("a", 1), [content("b", 0), content("c", 3)]] as const;
  const parsed = parseArchivedRelease(formatArchivedRelease(...parts));
  expect(parsed).toEqual({ ok: true, value: { record: parts[0], pod: parts[1], contents: parts[2] } });
});

test("of a release's record nothing travels that is of the one server alone", () => {
  const text = formatArchivedRecord(record);
  const { version, created_at, trigger, message, git } = record;
  expect(parseArchivedRecord(text)).toEqual({
    ok: true,
    value: { version, created_at, trigger, message: message!, git: git! },
  });
  for (const own of ["site_1", "ws_1", "user_1", "img_1"]) expect(text).not.toContain(own);
});

test("anything else is none", () => {
  const others = [
    "",
    "{}",
    "[]",
    "null",
    '{"manifests":[],"annotations":{}}',
    '{"config":{},"layers":[{}]}',
    '{"version":0}',
    '{"version":1,"created_at":1}',
  ];
  for (const text of others) {
    const parsed = [parseArchiveIndex(text), parseArchivedRelease(text), parseArchivedRecord(text)];
    expect([text, ...parsed.map(({ ok }) => ok)]).toEqual([text, false, false, false]);
  }
});

test("a descriptor that is not a SHA-256 of some bytes is none", () => {
  const good = formatArchiveIndex(site, [{ version: 2, manifest: { sha256: "c".repeat(64), size: 7 } }]);
  for (const [from, to] of [
    [`sha256:${"c".repeat(64)}`, "sha512:cc"],
    [`sha256:${"c".repeat(64)}`, "sha256:../../etc/passwd"],
    ['"size":7', '"size":-1'],
    ['"size":7', '"size":"7"'],
    ["image.manifest.v1", "image.config.v1"],
  ] as const) {
    expect([to, parseArchiveIndex(good.replace(from, to)).ok]).toEqual([to, false]);
  }
});
