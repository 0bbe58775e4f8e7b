import {
  type Access,
  type Claim,
  type Digest,
  type Encoding,
  type Environment,
  encodeManifest,
  type HostRecord,
  type Mount,
  openManifest,
  type Preview,
  type Ref,
  type ReleaseRecord,
  refKey,
  SitepodError,
  withAccess,
} from "#model";
import { createTryPassword } from "./access-attempts.ts";
import { createEdge, type Edge } from "./edge.ts";
import type { Readers } from "./readers.ts";

/** For tests: an edge over readers in memory, with a clock that the test moves and a store that it can break. */
export interface World {
  readonly edge: Edge;
  /** Milliseconds since the epoch. */
  nowMs: number;
  /** While true, every reading of a pointer fails. */
  isBroken: boolean;
  /** What was read of the store, in order. */
  readonly reads: string[];
  readonly logged: string[];
  readonly claims: Map<string, Claim>;
  /** Labels whose claims cannot be read. */
  readonly damagedClaims: Set<string>;
  readonly releases: Map<string, ReleaseRecord>;
  readonly previews: Map<string, Preview>;
  readonly hosts: Map<string, HostRecord>;
  readonly blobs: Map<string, Uint8Array<ArrayBuffer>>;
  readonly encoded: Map<string, Record<Encoding, string>>;
  /** Stores a pod and returns its manifest's digest. */
  store(files: Record<string, string>): Digest;
  /** Points an environment at a pod, as the control plane would, but tells nobody. */
  point(label: string, environment: Environment, manifest: Digest, survivors?: Ref["survivors"]): void;
  /** Gives a custom domain these sites. */
  mount(hostname: string, ...mounts: Mount[]): void;
  /** Protects an environment, or (undefined) opens it; tells nobody. */
  protect(label: string, environment: Environment, access: Access | undefined): void;
  /** Takes an environment's pointer away. */
  unpoint(label: string, environment: Environment): void;
  /** Holds the next reading of any pointer or coding back until `letGo` is called. */
  holdNextRead(): { readonly reached: Promise<void>; readonly letGo: () => void };
  get(url: string, headers?: Record<string, string>, method?: string): Promise<Response>;
}

export const DOMAIN = "sitepod.test";

export function createWorld(): World {
  const refs = new Map<string, Ref>();
  const manifests = new Map<string, Uint8Array>();
  const gate: Gate = {};

  /** The value is taken when the reading begins, as a store does that is slow to answer. */
  async function read<T>(key: string, value: T | undefined): Promise<T | undefined> {
    world.reads.push(key);
    const wait = passOnce(gate);
    if (world.isBroken) throw new Error("The store is broken");
    await wait;
    return value;
  }

  const readers: Readers = {
    readRef: (label, environment) => read(refKey(label, environment), refs.get(refKey(label, environment))),
    readRelease: (label, version) => read("release", world.releases.get(`${label} ${version}`)),
    readPreview: (label, slug) => read("preview", world.previews.get(`${label} ${slug}`)),
    readClaim: (label) => readClaim(world, label),
    readHost: (hostname) => read(`host ${hostname}`, world.hosts.get(hostname)),
    readManifest: async (digest) => {
      const bytes = manifests.get(digest);
      return bytes && openManifest(bytes);
    },
    openBlob: async (digest) => {
      world.reads.push("blob");
      const bytes = world.blobs.get(digest);
      if (!bytes) throw new Error("No such blob");
      return new Blob([bytes]);
    },
    async openEncoding(digest, encoding) {
      world.reads.push(encoding);
      const encoded = world.encoded.get(digest);
      await passOnce(gate);
      return encoded && new Blob([encoded[encoding]]);
    },
  };

  async function verifyPassword(password: string, hash: string): Promise<boolean> {
    world.reads.push("password");
    return hash === `$argon2id$${password}`;
  }

  const world: World = {
    edge: createEdge({
      readers,
      domain: DOMAIN,
      nowMs: () => world.nowMs,
      log: (message) => world.logged.push(message),
      countsSites: true,
      access: {
        tryPassword: createTryPassword(() => world.nowMs, verifyPassword),
        addressOf: (request) => request.headers.get("X-Test-Address"),
        isHttps: (request) => request.url.startsWith("https:"),
      },
    }),
    nowMs: Date.UTC(2030, 0, 1),
    isBroken: false,
    reads: [],
    logged: [],
    claims: new Map(),
    damagedClaims: new Set(),
    releases: new Map(),
    previews: new Map(),
    hosts: new Map(),
    blobs: new Map(),
    encoded: new Map(),
    store(files) {
      const entries = Object.entries(files).map(([path, text]) => {
        const bytes = new TextEncoder().encode(text);
        const digest = hash(bytes);
        world.blobs.set(digest, bytes);
        return { path, digest, size: bytes.length, type: typeOf(path) };
      });
      const bytes = encodeManifest(entries);
      manifests.set(hash(bytes), bytes);
      return hash(bytes);
    },
    point(label, environment, manifest, survivors = []) {
      const key = refKey(label, environment);
      const version = (refs.get(key)?.version ?? 0) + 1;
      const updated_at = new Date(world.nowMs).toISOString();
      const of = { site: label, environment, release: version, image: "img_1", manifest } as const;
      refs.set(key, { version, ...of, kind: "static", survivors, updated_at });
    },
    mount(hostname, ...mounts) {
      world.hosts.set(hostname, { hostname, token: "t", verified_at: new Date(world.nowMs).toISOString(), mounts });
    },
    protect(label, environment, access) {
      const key = refKey(label, environment);
      const ref = refs.get(key);
      if (ref) refs.set(key, withAccess(ref, access));
    },
    unpoint: (label, environment) => void refs.delete(refKey(label, environment)),
    holdNextRead: () => holdNext(gate),
    async get(url, headers = {}, method = "GET") {
      const host = { Host: new URL(url).host };
      return await world.edge.fetch(new Request(url, { method, headers: { ...host, ...headers } }));
    },
  };
  return world;
}

async function readClaim(world: World, label: string): Promise<Claim | undefined> {
  world.reads.push("claim");
  if (world.isBroken) throw new Error("The store is broken");
  if (world.damagedClaims.has(label)) throw new SitepodError("internal", "It is damaged.");
  return world.claims.get(label);
}

/** What the next reading tells when it begins, and waits for. */
interface Gate {
  held?: { readonly reach: () => void; readonly go: Promise<void> } | undefined;
}

function holdNext(gate: Gate) {
  const [reached, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  gate.held = { reach: reached.resolve, go: go.promise };
  return { reached: reached.promise, letGo: go.resolve };
}

/** Waits where something is held, and lets what comes after pass. */
async function passOnce(gate: Gate): Promise<void> {
  const { held } = gate;
  gate.held = undefined;
  held?.reach();
  await held?.go;
}

/** Any hash will do where nothing checks it. */
const hash = (bytes: Uint8Array): Digest => new Bun.CryptoHasher("sha256").update(bytes).digest("hex") as Digest;

function typeOf(path: string): string {
  if (path.endsWith(".html")) return "text/html; charset=utf-8";
  return path.endsWith(".js") ? "text/javascript; charset=utf-8" : "application/octet-stream";
}
