import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  blobKey,
  type Digest,
  ENCODINGS,
  type Entry,
  encodeManifest,
  encodingKey,
  formatRef,
  moveRef,
  refKey,
} from "#model";
import { hashBytes } from "#store";
import { startServer } from "../../test/harness/server.ts";
import { fetchHost } from "../../test/harness/tenant.ts";
import { residentBytes } from "../process-tree.ts";
import { percentile } from "./latency.ts";

const SITES = 10_000;
const FILES_PER_SITE = 100;
/** Contents that sites have in common, as libraries and images are: what is measured is many sites, not a large disk. */
const CONTENTS = 20_000;
const VISITS = 30_000;
const VISITORS = 8;

export interface ManySites {
  readonly sites: number;
  readonly files: number;
  readonly visits: number;
  /** Milliseconds, of visits at random: nearly each is the first to its file, and every tenth the first to its site. */
  readonly cold_p99_ms: number;
  /** The most that was resident, in MB. */
  readonly peak_mb: number;
}

/** Visits many sites at random on a server that has just started. Throws where a visit fails. */
export async function measureManySites(scratch: string): Promise<ManySites> {
  const data = join(scratch, "many-sites");
  await writeSites(data);
  await using server = await startServer({ data });
  const waits: number[] = [];
  let peak = 0;
  async function visit(): Promise<void> {
    while (waits.length < VISITS) {
      const [site, file] = [Math.floor(Math.random() * SITES), Math.floor(Math.random() * FILES_PER_SITE)];
      const begunMs = performance.now();
      const response = await fetchHost(server, `${labelOf(site)}.${server.domain}`, `/${file}.png`);
      const { byteLength } = await response.arrayBuffer();
      waits.push(performance.now() - begunMs);
      if (response.status !== 200 || byteLength === 0)
        throw new Error(`${response.status} for ${labelOf(site)}/${file}`);
      if (waits.length % 1000 === 0) peak = Math.max(peak, residentBytes(server.pid));
    }
  }
  await Promise.all(Array.from({ length: VISITORS }, visit));
  return {
    sites: SITES,
    files: SITES * FILES_PER_SITE,
    visits: waits.length,
    cold_p99_ms: percentile(waits, 0.99),
    peak_mb: peak / 1e6,
  };
}

const labelOf = (site: number): string => `site-${site}`;

/** Writes the files that so many releases leave behind, as docs/architecture.md lists them, but synced by nobody. */
async function writeSites(data: string): Promise<void> {
  const folders = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
  for (const folder of folders) {
    for (const kind of ["blobs", "encodings"]) await mkdir(join(data, kind, folder), { recursive: true });
  }
  const contents: Pick<Entry, "digest" | "size">[] = [];
  for (let i = 0; i < CONTENTS; i++) {
    const bytes = Buffer.alloc(2000 + ((i * 7919) % 8000), `content ${i} `);
    contents.push({ digest: await writeBlob(data, bytes), size: bytes.length });
  }
  for (let site = 0; site < SITES; site++) {
    const entries = Array.from({ length: FILES_PER_SITE }, (_, file) => ({
      path: `${file}.png`,
      type: "image/png",
      ...contents[(site * 31 + file * 17) % CONTENTS]!,
    }));
    const manifest = await writeBlob(data, encodeManifest(entries));
    // Nothing is left to compress.
    for (const encoding of ENCODINGS) await writeFile(join(data, encodingKey(manifest, encoding)), "");
    const target = { site: labelOf(site), environment: "prod", release: 1, image: `img_${site}`, manifest } as const;
    const path = join(data, refKey(labelOf(site), "prod"));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, formatRef(moveRef(undefined, target, 0, 0)));
  }
}

async function writeBlob(data: string, bytes: Uint8Array): Promise<Digest> {
  const digest = hashBytes(bytes);
  await writeFile(join(data, blobKey(digest)), bytes);
  return digest;
}
