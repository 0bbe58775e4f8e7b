import {
  type Digest,
  type Encoded,
  encodeManifest,
  type Environment,
  type HostRecord,
  moveRef,
  type PodSettings,
} from "#model";
import { createEdge, type Edge, type EdgeOptions } from "#serve";
import { createManifestReader, createReaders, hashBytes, openMemoryStore, Records } from "#store";
import { mediaType } from "#wire";
import type { Address } from "./tenant.ts";

/** The edge behind a real HTTP server, over a store in memory that the test fills. */
export interface EdgeServer extends Address, Disposable {
  readonly edge: Edge;
  readonly records: Records;
  /** What went wrong, in order. */
  readonly logged: string[];
  /** Points a site's environment at these files, as was done at `movedMs` (milliseconds since the epoch; now where absent). */
  release(
    label: string,
    environment: Environment,
    files: Files,
    settings?: PodSettings,
    movedMs?: number,
  ): Promise<void>;
  /** Stores what the codings make of a content. */
  encode(content: string, encoded: Encoded): Promise<void>;
  /** Shows these files at a preview's address until `expiresMs`, in milliseconds since the epoch. */
  preview(label: string, slug: string, files: Files, expiresMs: number): Promise<void>;
  /** Makes a custom domain lead to sites. */
  writeHost(record: Pick<HostRecord, "hostname" | "mounts" | "redirect_to">): Promise<void>;
}

/** `{ "index.html": "<h1>Hello", "css/a.css": "…" }` */
export type Files = Readonly<Record<string, string>>;

const WORKSPACE = "w";
const SITE = { release: 1, image: "img_1" } as const;

/** Starts an edge for the base domain `sitepod.test`. Requests for the control plane's hosts get the word `control`. */
export function startEdge(rules: NonNullable<EdgeOptions["rules"]> = {}): EdgeServer {
  const store = openMemoryStore();
  const records = new Records(store);
  const logged: string[] = [];
  const edge = createEdge({
    readers: createReaders(store, records, createManifestReader(store.blobs)),
    domain: "sitepod.test",
    nowMs: Date.now,
    log: (message) => logged.push(message),
    access: {
      tryPassword: async () => ({ kind: "checked", isRight: false }),
      addressOf: () => null,
      isHttps: () => false,
    },
    rules,
  });
  store.documents.subscribe((key) => edge.forget(key));
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) =>
      edge.fetchReady(request) ??
      (edge.parseHost(request.headers.get("host")).kind === "control" ? new Response("control") : edge.fetch(request)),
  });

  async function putBlob(bytes: Uint8Array<ArrayBuffer>): Promise<Digest> {
    const digest = hashBytes(bytes);
    await store.uploads.stage(WORKSPACE, digest, bytes.length, new Blob([bytes]).stream());
    await store.uploads.commit(WORKSPACE, [digest]);
    return digest;
  }

  async function putPod(files: Files, settings?: PodSettings): Promise<Digest> {
    const entries = [];
    for (const [path, content] of Object.entries(files)) {
      const bytes = new TextEncoder().encode(content);
      entries.push({ path, digest: await putBlob(bytes), size: bytes.length, type: mediaType(path) });
    }
    return await putBlob(new Uint8Array(encodeManifest(entries, settings)));
  }

  return {
    port: server.port!,
    edge,
    records,
    logged,
    async release(label, environment, files, settings, movedMs = Date.now()) {
      const target = { ...SITE, site: label, environment, manifest: await putPod(files, settings) };
      await records.moveRef(label, environment, (current) => moveRef(current, target, movedMs, 0));
    },
    async preview(label, slug, files, expiresMs) {
      const times = { created_at: new Date().toISOString(), expires_at: new Date(expiresMs).toISOString() };
      await records.writePreview(label, { ...SITE, ...times, site: label, slug, manifest: await putPod(files) });
    },
    encode: (content, encoded) => store.encodings.write(hashBytes(new TextEncoder().encode(content)), encoded),
    writeHost: (record) => records.writeHost({ token: "t", verified_at: new Date().toISOString(), ...record }),
    [Symbol.dispose]: () => void server.stop(true),
  };
}
