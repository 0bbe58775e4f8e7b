import {
  type Claim,
  claimKey,
  type Digest,
  hostKey,
  type HostRecord,
  type Mount,
  previewKey,
  refKey,
  releaseKey,
  SitepodError,
  type Survivor,
  wildcardOf,
} from "#model";
import {
  environmentPointer,
  type Host,
  type LastModified,
  lastModifiedOf,
  previewPointer,
  releasesPointer,
  type SiteHost,
} from "#routing";
import { type Protection, protectionOf } from "./access.ts";
import type { Readers } from "./readers.ts";
import type { Visited } from "./site-traffic.ts";

/** How an address shows a pod. */
export interface Showing {
  /** Search engines may list it: only prod. */
  readonly listed: boolean;
  /** When what it shows was last changed, where that is known. */
  readonly modified: LastModified | undefined;
}

export interface PodRoute extends Showing {
  readonly kind: "pod";
  readonly manifest: Digest;
  readonly survivors: readonly Survivor[];
  /** The label of a prod site, under which `/__preview__/` leads to its previews. */
  readonly previewsOf?: string;
  /** Undefined where everybody may see it. */
  readonly protection: Protection | undefined;
  readonly visited: Visited;
}

/** A custom domain: sites by path. */
export interface MountsRoute {
  readonly kind: "mounts";
  readonly mounts: readonly Mount[];
}

/** Where a host leads. */
export type Route =
  | PodRoute
  | { readonly kind: "moved"; readonly to: SiteHost }
  | MountsRoute
  /** A custom domain that sends visitors to another. */
  | { readonly kind: "redirect"; readonly to: string }
  | { readonly kind: "unreleased" | "unknown" | "removed" | "expired" | "invalid" };

export interface Resolved {
  readonly route: Route;
  /** When the route ends by itself, in milliseconds since the epoch. */
  readonly expiresMs: number;
  /** Whether the host has no record of its own, and many others lead to the same. */
  readonly isWildcard?: boolean;
}

/** Follows a host to the release it points to. Tells `onRead` each key before it is read. */
export async function resolveRoute(
  host: Host,
  readers: Readers,
  nowMs: number,
  onRead: (key: string) => void,
): Promise<Resolved> {
  switch (host.kind) {
    case "environment": {
      if (await isDeleted(host.label, readers, onRead)) return always({ kind: "unknown" });
      onRead(refKey(host.label, host.environment));
      const ref = await readers.readRef(host.label, host.environment);
      if (!ref) return always(await resolveAbsent(host, readers, onRead));
      const prod = host.environment === "prod";
      return always({
        kind: "pod",
        manifest: ref.manifest,
        survivors: ref.survivors,
        listed: prod,
        modified: lastModifiedOf([ref.updated_at], nowMs),
        protection: protectionOf(environmentPointer(ref.site, host.environment), ref.access),
        visited: { label: host.label, shownAs: host.environment },
        ...(prod && { previewsOf: host.label }),
      });
    }
    case "release": {
      // The claim before the release: where a site is deleted meanwhile, the release goes first.
      onRead(claimKey(host.label));
      const claim = await readers.readClaim(host.label);
      if (claim?.deleted_at !== undefined) return always({ kind: "unknown" });
      onRead(releaseKey(host.label, host.version));
      const release = await readers.readRelease(host.label, host.version);
      if (claim && release) {
        const protection = protectionOf(releasesPointer(claim.site), claim.access);
        const modified = lastModifiedOf([claim.created_at, release.created_at], nowMs);
        const visited = { label: host.label, shownAs: "release" } as const;
        return always(unlisted(release.manifest, protection, modified, visited));
      }
      const wasRemoved = claim?.moved_to === undefined && host.version <= (claim?.removed_to ?? 0);
      return always(wasRemoved ? { kind: "removed" } : await resolveAbsent(host, readers, onRead));
    }
    case "preview": {
      if (await isDeleted(host.label, readers, onRead)) return always({ kind: "unknown" });
      onRead(previewKey(host.label, host.slug));
      const preview = await readers.readPreview(host.label, host.slug);
      if (!preview) return always(await resolveAbsent(host, readers, onRead));
      const expiresMs = Date.parse(preview.expires_at);
      if (expiresMs <= nowMs) return always({ kind: "expired" });
      const protection = protectionOf(previewPointer(preview.site, preview.slug), preview.access);
      const modified = lastModifiedOf([preview.created_at], nowMs);
      const visited = { label: host.label, shownAs: "preview" } as const;
      return { route: unlisted(preview.manifest, protection, modified, visited), expiresMs };
    }
    case "custom": {
      const record = await findHostRecord(host.hostname, readers, onRead);
      if (!record) return always({ kind: "unknown" });
      const route: Route =
        record.redirect_to === undefined
          ? { kind: "mounts", mounts: record.mounts }
          : { kind: "redirect", to: record.redirect_to };
      return { ...always(route), isWildcard: record.hostname !== host.hostname };
    }
    case "invalid":
      return always({ kind: "invalid" });
    case "control":
    case "unknown":
      return always({ kind: "unknown" });
    default:
      return host satisfies never;
  }
}

/** A name of its own comes before the wildcard that covers it. */
async function findHostRecord(
  hostname: string,
  readers: Readers,
  onRead: (key: string) => void,
): Promise<HostRecord | undefined> {
  for (const name of [hostname, wildcardOf(hostname)]) {
    if (name === undefined) continue;
    onRead(hostKey(name));
    const record = await readers.readHost(name);
    if (record) return record;
  }
  return undefined;
}

/** A site's address with nothing behind it: the site was renamed, has not been released there, or does not exist. */
async function resolveAbsent(host: SiteHost, readers: Readers, onRead: (key: string) => void): Promise<Route> {
  onRead(claimKey(host.label));
  const claim = await readers.readClaim(host.label);
  if (claim?.moved_to !== undefined) {
    const isGone = await isDeleted(claim.moved_to, readers, onRead);
    return isGone ? { kind: "unknown" } : { kind: "moved", to: { ...host, label: claim.moved_to } };
  }
  return { kind: claim && host.kind === "environment" ? "unreleased" : "unknown" };
}

/**
 * Whether the site of a label is in the bin. Asked before its pointers are read: they stay where they are, and the label may be
 * another site's by the time that they are gone.
 */
async function isDeleted(label: string, readers: Readers, onRead: (key: string) => void): Promise<boolean> {
  onRead(claimKey(label));
  return (await readWhole(() => readers.readClaim(label)))?.deleted_at !== undefined;
}

/** A claim that is damaged takes no site off the air: what is shown, and to whom, the pointers say. */
async function readWhole(read: () => Promise<Claim | undefined>): Promise<Claim | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SitepodError && error.code === "internal") return undefined;
    throw error;
  }
}

const always = (route: Route): Resolved => ({ route, expiresMs: Infinity });
const unlisted = (
  manifest: Digest,
  protection: Protection | undefined,
  modified: LastModified | undefined,
  visited: Visited,
): Route => ({
  kind: "pod",
  manifest,
  survivors: [],
  listed: false,
  modified,
  protection,
  visited,
});
