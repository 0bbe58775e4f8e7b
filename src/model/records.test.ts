import { describe, expect, test } from "bun:test";
import { type Claim, formatClaim, parseClaim } from "./claim.ts";
import type { Digest } from "./digest.ts";
import { formatHostRecord, type HostRecord, parseHostRecord } from "./host-record.ts";
import { formatPreview, parsePreview, type Preview } from "./preview.ts";
import { formatReleaseRecord, imageId, parseReleaseRecord, type ReleaseRecord } from "./release.ts";

const manifest = "0f".repeat(32) as Digest;

const release: ReleaseRecord = {
  version: 3,
  site: "docs",
  site_id: "site_1",
  workspace_id: "ws_1",
  image: "img_1",
  manifest,
  files_count: 2,
  total_size: 10,
  created_at: "2026-01-31T00:00:00.000Z",
  created_by: "user_1",
  trigger: "cli",
  message: "Fix the menu",
  git: { commit: "abc", branch: "main" },
};
const preview: Preview = {
  site: "docs",
  slug: "fix-menu",
  release: 3,
  image: "img_1",
  manifest,
  created_at: "2026-01-31T00:00:00.000Z",
  expires_at: "2026-02-01T00:00:00.000Z",
};
const claim: Claim = {
  label: "docs",
  site: "docs",
  site_id: "site_1",
  workspace_id: "ws_1",
  created_at: "2026-01-31T00:00:00.000Z",
};
const mount = { path: "/", label: "docs", environment: "prod" } as const;
const host: HostRecord = {
  hostname: "example.com",
  token: "verify_1",
  verified_at: "2026-01-31T00:00:00.000Z",
  mounts: [mount, { ...mount, path: "/blog" }],
  redirect_to: "www.example.com",
};

describe.each([
  {
    what: "a release",
    value: release as object,
    text: formatReleaseRecord(release),
    parse: parseReleaseRecord,
    damages: { version: 0, manifest: "f0", files_count: 1.5, total_size: "10", created_by: null, trigger: undefined },
  },
  {
    what: "a preview",
    value: preview as object,
    text: formatPreview(preview),
    parse: parsePreview,
    damages: { release: -1, manifest: undefined, expires_at: 5, slug: null, access: {} },
  },
  {
    what: "a claim",
    value: claim as object,
    text: formatClaim(claim),
    parse: parseClaim,
    damages: { label: 1, site_id: undefined, workspace_id: null, moved_to: 7, access: "open" },
  },
  {
    what: "a host",
    value: host as object,
    text: formatHostRecord(host),
    parse: parseHostRecord,
    damages: {
      hostname: undefined,
      token: 1,
      verified_at: null,
      redirect_to: 5,
      mounts: [mount, mount],
    },
  },
])("the file of $what", ({ value, text, parse, damages }) => {
  test("is read as it was written", () => {
    expect(parse(text)).toEqual(value as never);
  });

  test.each(Object.entries(damages as object))("is refused with another %s: %p", (key, damage) => {
    expect(parse(JSON.stringify({ ...value, [key]: damage }))).toBeUndefined();
  });

  test("is refused where it is cut off anywhere", () => {
    const whole = text.trimEnd();
    for (let length = 0; length < whole.length; length++) expect(parse(whole.slice(0, length))).toBeUndefined();
  });
});

test("previews and claims may be protected", () => {
  const access = { password_hash: "$argon2id$v=19$", secret: "0a".repeat(32) };
  expect(parsePreview(formatPreview({ ...preview, access }))).toEqual({ ...preview, access });
  expect(parseClaim(formatClaim({ ...claim, access }))).toEqual({ ...claim, access });
});

test("a claim may say where its site moved", () => {
  const moved = { ...claim, moved_to: "handbook" };
  expect(parseClaim(formatClaim(moved))).toEqual(moved);
});

test("a claim says how long releases are kept, and is damaged where nobody can tell", () => {
  const kept = { ...claim, retention: { releases: 20, days: null }, removed_to: 7 };
  expect(parseClaim(formatClaim(kept))).toEqual(kept);
  for (const wrong of [{ releases: 0, days: null }, { releases: 1.5, days: null }, { releases: 20 }, "20"]) {
    expect(parseClaim(JSON.stringify({ ...claim, retention: wrong }))).toBeUndefined();
  }
  expect(parseClaim(JSON.stringify({ ...claim, removed_to: 0 }))).toBeUndefined();
});

describe("the id of an image", () => {
  const hash = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex").padEnd(64, "0").slice(-64) as Digest;

  test("follows from the site and the content", () => {
    expect(imageId("site_1", manifest, hash)).toBe(imageId("site_1", manifest, hash));
    expect(imageId("site_1", manifest, hash)).toMatch(/^img_[0-9a-f]{24}$/);
  });

  test("is handed both to the hash, so that one site's id tells nothing of another's", () => {
    const hashed: string[] = [];
    imageId("site_1", manifest, (bytes) => {
      hashed.push(new TextDecoder().decode(bytes));
      return manifest;
    });
    expect(hashed).toEqual([`image\nsite_1\n${manifest}`]);
  });
});
