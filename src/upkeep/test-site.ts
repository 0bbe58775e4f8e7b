import { type Claim, encodeManifest, moveRef, type ReleaseRecord } from "#model";
import { hashBytes, Records, type Store } from "#store";

/** Writes a site with releases into a store, as the control plane would. Returns the digest of each release's manifest. */
export async function writeSite(store: Store, label: string, releases: readonly Readonly<Record<string, string>>[]) {
  const records = new Records(store);
  const created_at = "2026-01-02T03:04:05.000Z";
  const ids = { site: label, site_id: `site_${label}`, workspace_id: "ws_1" };
  const claim: Claim = { label, ...ids, created_at };
  await records.createClaim(claim);
  const manifests = [];
  for (const [i, files] of releases.entries()) {
    const contents = Object.entries(files).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }));
    const bytes = encodeManifest(
      contents.map((file) => ({
        path: file.path,
        digest: hashBytes(file.bytes),
        size: file.bytes.length,
        type: "text/html; charset=utf-8",
      })),
    );
    for (const content of [bytes, ...contents.map((file) => file.bytes)]) {
      await store.blobs.write(hashBytes(content), content.length, new Blob([content]).stream());
    }
    const version = i + 1;
    const manifest = hashBytes(bytes);
    const record: ReleaseRecord = {
      ...ids,
      version,
      image: `img_${version}`,
      manifest,
      files_count: contents.length,
      total_size: contents.reduce((total, file) => total + file.bytes.length, 0),
      created_at,
      created_by: "user_1",
      trigger: "cli",
    };
    await records.createRelease(label, record);
    const target = { site: label, environment: "prod", release: version, image: record.image, manifest } as const;
    await records.moveRef(label, "prod", (current) => moveRef(current, target, Date.parse(created_at), 1000));
    manifests.push(manifest);
  }
  return manifests;
}

export const digestOf = (text: string) => hashBytes(new TextEncoder().encode(text));
