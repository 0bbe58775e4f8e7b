import { beforeEach, describe, expect, test } from "bun:test";
import { type Claim, type Digest, moveRef, type Preview, type Ref, type ReleaseRecord } from "#model";
import { hashBytes } from "./blake3.ts";
import { openMemoryStore } from "./memory.ts";
import type { Store } from "./ports.ts";
import { Records } from "./records.ts";

const NOW_MS = Date.UTC(2026, 0, 31, 12);
const now = new Date(NOW_MS).toISOString();

let store: Store;
let records: Records;
let manifest: Digest;

beforeEach(async () => {
  store = openMemoryStore();
  records = new Records(store);
  manifest = await storeBlob("a manifest");
});

async function storeBlob(text: string): Promise<Digest> {
  const bytes = new TextEncoder().encode(text);
  const digest = hashBytes(bytes);
  await store.uploads.stage("ws1", digest, bytes.length, new Blob([bytes]).stream());
  await store.uploads.commit("ws1", [digest]);
  return digest;
}

const to =
  (release: number, target = manifest) =>
  (current: Ref | undefined) =>
    moveRef(current, { site: "docs", environment: "prod", release, image: "img_1", manifest: target }, NOW_MS, 1000);

const claim = (label: string, site = label): Claim => ({
  label,
  site,
  site_id: `site_${site}`,
  workspace_id: "ws1",
  created_at: now,
});

const release = (version: number, message = "first"): ReleaseRecord => ({
  version,
  site: "docs",
  site_id: "site_docs",
  workspace_id: "ws1",
  image: "img_1",
  manifest,
  files_count: 3,
  total_size: 4096,
  created_at: now,
  created_by: "user_1",
  trigger: "cli",
  message,
});

const preview = (slug: string, image = "img_1"): Preview => ({
  site: "docs",
  slug,
  release: 1,
  image,
  manifest,
  created_at: now,
  expires_at: now,
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const faultOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "none",
    (error) => `${error.code}: ${error.message}`,
  );

describe("moving a ref", () => {
  test("tells where the environment was and where it is", async () => {
    const first = await records.moveRef("docs", "prod", to(1));
    expect(first.previous).toBeUndefined();
    const second = await records.moveRef("docs", "prod", to(2));
    expect(second.previous).toEqual(first.ref);
    expect(second.ref).toMatchObject({ version: 2, release: 2 });
    expect(await records.readRef("docs", "prod")).toEqual(second.ref);
    expect(await records.readRef("docs", "beta")).toBeUndefined();
  });

  test("loses none of 50 moves made at once", async () => {
    const moves = await Promise.all(Array.from({ length: 50 }, (_, i) => records.moveRef("docs", "prod", to(i + 1))));
    const versions = moves.map(({ ref }) => ref.version).toSorted((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect((await records.readRef("docs", "prod"))?.version).toBe(50);
  });

  test("is refused where the environment is not at the expected version, and changes nothing", async () => {
    const { ref } = await records.moveRef("docs", "prod", to(1), 0);
    for (const stale of [0, 2]) {
      expect(await faultOf(records.moveRef("docs", "prod", to(2), stale))).toContain(
        `conflict: docs prod is at move 1, not ${stale}`,
      );
    }
    expect(await records.readRef("docs", "prod")).toEqual(ref);
    expect((await records.moveRef("docs", "prod", to(2), 1)).ref.version).toBe(2);
  });

  test("with an expected version is won by exactly one of 20", async () => {
    const faults = await Promise.all(
      Array.from({ length: 20 }, (_, i) => faultOf(records.moveRef("docs", "prod", to(i + 1), 0))),
    );
    expect(faults.filter((fault) => fault === "none")).toHaveLength(1);
    expect(faults.filter((fault) => fault.startsWith("conflict"))).toHaveLength(19);
  });

  test("to content that is not stored is refused, and changes nothing", async () => {
    const absent = hashBytes(new Uint8Array([1]));
    expect(await faultOf(records.moveRef("docs", "prod", to(3, absent)))).toBe(
      "conflict: The content of docs release v3 is not stored any more. Deploy it again.",
    );
    expect(await records.readRef("docs", "prod")).toBeUndefined();
    const { ref } = await records.moveRef("docs", "prod", to(1));
    expect(await faultOf(records.moveRef("docs", "prod", to(3, absent)))).toStartWith("conflict");
    expect(await records.readRef("docs", "prod")).toEqual(ref);
  });

  test("to content that is staged but not committed is refused", async () => {
    const bytes = new TextEncoder().encode("staged only");
    await store.uploads.stage("ws1", hashBytes(bytes), bytes.length, new Blob([bytes]).stream());
    expect(await faultOf(records.moveRef("docs", "prod", to(1, hashBytes(bytes))))).toStartWith("conflict");
  });

  test("gives up where others always come between", async () => {
    await records.moveRef("docs", "prod", to(1));
    const outrun = new Records({
      blobs: store.blobs,
      documents: { ...store.documents, replace: async () => false },
    });
    expect(await faultOf(outrun.moveRef("docs", "prod", to(2)))).toStartWith("conflict: docs prod is being moved");
  });

  test("does not overwrite a ref that is damaged", async () => {
    await store.documents.create("refs/docs/prod.json", "{");
    expect(await faultOf(records.moveRef("docs", "prod", to(1)))).toBe(
      "internal: refs/docs/prod.json in the server's storage is damaged. Its administrator stops the server and runs sitepod server fsck --repair, best --from a backup.",
    );
    expect(await store.documents.read("refs/docs/prod.json")).toBe("{");
  });
});

test("a label is claimed once", async () => {
  expect(await records.createClaim(claim("docs"))).toBe(true);
  expect(await records.createClaim(claim("docs", "another"))).toBe(false);
  expect(await records.readClaim("docs")).toEqual(claim("docs"));
});

test("a claim can say where its site went", async () => {
  const moved = { ...claim("docs"), moved_to: "manual" };
  await records.createClaim(claim("docs"));
  await records.writeClaim(moved);
  expect(await records.readClaim("docs")).toEqual(moved);
});

test("a claim is changed by many at once without losing a change, and one that is not there stays so", async () => {
  await records.createClaim({ ...claim("docs"), site: "" });
  await Promise.all(
    Array.from({ length: 20 }, () => records.changeClaim("docs", (held) => ({ ...held, site: `${held.site}x` }))),
  );
  expect((await records.readClaim("docs"))?.site).toBe("x".repeat(20));
  await records.changeClaim("nobody", (held) => held);
  expect(await records.readClaim("nobody")).toBeUndefined();
});

test("a release is written once and never changed", async () => {
  expect(await records.createRelease("docs", release(1))).toBe(true);
  expect(await records.createRelease("docs", release(1, "another"))).toBe(false);
  expect(await records.readRelease("docs", 1)).toEqual(release(1));
});

test("a label's releases are listed oldest first, by number", async () => {
  for (const version of [2, 10, 1]) await records.createRelease("docs", release(version));
  await records.createRelease("docs-2", release(3));
  expect(await records.releaseVersions("docs")).toEqual([1, 2, 10]);
  expect(await records.removeRelease("docs", 2)).toBe(true);
  expect(await records.releaseVersions("docs")).toEqual([1, 10]);
  expect(await records.releaseVersions("none")).toEqual([]);
});

test("a preview is replaced by another of its slug, and removed", async () => {
  await records.writePreview("docs", preview("fix"));
  await records.writePreview("docs", preview("fix", "img_2"));
  expect(await records.readPreview("docs", "fix")).toEqual(preview("fix", "img_2"));
  expect(await records.removePreview("docs", "fix")).toBe(true);
  expect(await records.readPreview("docs", "fix")).toBeUndefined();
});

test.each(["docs.example.com", "*.example.com"])(
  "the host %s leads somewhere until it is removed",
  async (hostname) => {
    const mounts = [{ path: "/", label: "docs", environment: "prod" }] as const;
    const host = { hostname, token: "t", verified_at: "2026-01-01T00:00:00.000Z", mounts };
    await records.writeHost(host);
    expect(await records.readHost(hostname)).toEqual(host);
    expect(await collect(records.hosts())).toEqual([host]);
    expect(await records.removeHost(hostname)).toBe(true);
    expect(await records.readHost(hostname)).toBeUndefined();
  },
);

test("everything that keeps content alive is listed with its label", async () => {
  await records.createClaim(claim("docs"));
  await records.createRelease("docs", release(1));
  await records.writePreview("docs", preview("fix"));
  const { ref } = await records.moveRef("docs", "prod", to(1));
  expect(await collect(records.claims())).toEqual([claim("docs")]);
  expect(await collect(records.refs())).toEqual([{ label: "docs", ref }]);
  expect(await collect(records.previews())).toEqual([{ label: "docs", preview: preview("fix") }]);
  expect(await collect(records.releases())).toEqual([{ label: "docs", record: release(1) }]);
});

test("a damaged document is told, by reading and by listing", async () => {
  for (const key of ["refs/docs/prod.json", "previews/docs/fix.json", "releases/docs/v1.json"]) {
    await store.documents.create(key, "not JSON");
  }
  const readings = [
    records.readRef("docs", "prod"),
    records.readPreview("docs", "fix"),
    records.readRelease("docs", 1),
  ];
  for (const reading of readings) expect(await faultOf(reading)).toContain("is damaged");
  for (const listing of [records.refs(), records.previews(), records.releases()]) {
    expect(await faultOf(collect<unknown>(listing))).toContain("is damaged");
  }
});

test("the previews of one label are listed without those of another", async () => {
  for (const label of ["docs", "docs-2"]) await records.writePreview(label, preview("fix"));
  expect(await collect(records.previews("docs"))).toEqual([{ label: "docs", preview: preview("fix") }]);
  expect(await collect(records.previews())).toHaveLength(2);
});

test("a label that is emptied stays taken", async () => {
  await records.createClaim(claim("docs"));
  await records.createRelease("docs", release(1));
  await records.writePreview("docs", preview("fix"));
  await records.moveRef("docs", "prod", to(1));
  await records.emptyLabel("docs");
  expect(await records.readRef("docs", "prod")).toBeUndefined();
  expect(await records.readPreview("docs", "fix")).toBeUndefined();
  expect(await records.releaseVersions("docs")).toEqual([]);
  expect(await records.createClaim(claim("docs", "newcomer"))).toBe(false);
});

test("a label is removed with all it holds, and leaves others alone", async () => {
  for (const label of ["docs", "docs-2"]) {
    await records.createClaim(claim(label));
    await records.createRelease(label, release(1));
    await records.writePreview(label, preview("fix"));
    await records.moveRef(label, "prod", to(1));
    await records.moveRef(label, "beta", to(1));
  }
  await records.removeLabel("docs");
  expect(await records.readRef("docs", "prod")).toBeUndefined();
  expect(await records.readRef("docs", "beta")).toBeUndefined();
  expect(await records.readPreview("docs", "fix")).toBeUndefined();
  expect(await records.releaseVersions("docs")).toEqual([]);
  expect(await records.createClaim(claim("docs", "newcomer"))).toBe(true);
  expect((await records.readRef("docs-2", "prod"))?.release).toBe(1);
  expect(await records.releaseVersions("docs-2")).toEqual([1]);
});
