import { type Access, parseAccess } from "./access.ts";
import { type Digest, parseDigest } from "./digest.ts";
import { type Environment, isEnvironment } from "./site.ts";

/**
 * What an environment is: a small immutable value that says which release it serves. It is replaced whole, by
 * compare-and-swap on `version`.
 */
export interface Ref {
  /** Grows by one at each move; the compare-and-swap token. */
  readonly version: number;
  readonly site: string;
  readonly environment: Environment;
  /** The number of the release it points to. */
  readonly release: number;
  readonly image: string;
  readonly manifest: Digest;
  readonly kind: "static";
  /** Manifests of earlier releases whose hashed assets still answer, newest first. */
  readonly survivors: readonly Survivor[];
  /** When it was last moved, ISO 8601: at least in the second after the move before, whatever the clock says. */
  readonly updated_at: string;
  /** Who may see it. Absent: everybody. Stays when the environment moves. */
  readonly access?: Access;
}

export interface Survivor {
  readonly manifest: Digest;
  /** ISO 8601. */
  readonly expires_at: string;
}

export interface RefTarget {
  readonly site: string;
  readonly environment: Environment;
  readonly release: number;
  readonly image: string;
  readonly manifest: Digest;
  /** Protects the environment where it is not protected yet. */
  readonly access?: Access;
}

/** How long the hashed assets of a replaced release keep answering, unless the server is told otherwise. */
export const DEFAULT_SURVIVAL_MS = 24 * 60 * 60 * 1000;
/** So many survivors at most: a miss looks through all of them. */
export const MAX_SURVIVORS = 50;

/** Decides the ref that follows `current` (undefined: the first) when the environment moves to `target` at `nowMs`. */
export function moveRef(current: Ref | undefined, target: RefTarget, nowMs: number, survivalMs: number): Ref {
  const now = new Date(nowMs).toISOString();
  const replaced = current
    ? [{ manifest: current.manifest, expires_at: new Date(nowMs + survivalMs).toISOString() }]
    : [];
  const seen = new Set<string>([target.manifest]);
  const survivors = [...replaced, ...(current?.survivors ?? [])].filter((survivor) => {
    if (survivor.expires_at <= now || seen.has(survivor.manifest)) return false;
    seen.add(survivor.manifest);
    return true;
  });
  const access = current?.access ?? target.access;
  return {
    version: (current?.version ?? 0) + 1,
    site: target.site,
    environment: target.environment,
    release: target.release,
    image: target.image,
    manifest: target.manifest,
    kind: "static",
    survivors: survivors.slice(0, MAX_SURVIVORS),
    updated_at: new Date(Math.max(nowMs, current ? nextSecondMs(current.updated_at) : 0)).toISOString(),
    ...(access && { access }),
  };
}

/** Whether a survivor's assets still answer. */
export const survives = ({ expires_at }: Survivor, nowMs: number): boolean => Date.parse(expires_at) > nowMs;

/** Of two moves in one second, or after the clock was set back, the times differ by a second: HTTP's dates have no less. */
const nextSecondMs = (time: string): number => (Math.floor((Date.parse(time) || 0) / 1000) + 1) * 1000;

/** Writes a ref as its file's text. */
export const formatRef = (ref: Ref): string => `${JSON.stringify(ref)}\n`;

/** Reads a ref's file. Undefined where the text is not a ref: a reader then serves what it last knew, or nothing. */
export function parseRef(text: string): Ref | undefined {
  const value = parseJsonObject(text);
  if (!value) return undefined;
  const manifest = parseDigest(value["manifest"]);
  const { version, site, environment, release, image, kind, survivors, updated_at } = value;
  if (!isCount(version) || !isCount(release) || !isEnvironment(environment) || kind !== "static") return undefined;
  if (typeof site !== "string" || typeof image !== "string" || typeof updated_at !== "string") return undefined;
  if (!manifest || !Array.isArray(survivors)) return undefined;
  const parsed = survivors.map(parseSurvivor);
  if (parsed.includes(undefined)) return undefined;
  const access = value["access"] === undefined ? undefined : parseAccess(value["access"]);
  if (value["access"] !== undefined && !access) return undefined;
  const pointer = { version, site, environment, release, image, manifest, kind, updated_at } as const;
  return { ...pointer, survivors: parsed as Survivor[], ...(access && { access }) };
}

function parseSurvivor(value: unknown): Survivor | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { manifest, expires_at } = value as Record<string, unknown>;
  const digest = parseDigest(manifest);
  return digest && typeof expires_at === "string" ? { manifest: digest, expires_at } : undefined;
}

/** Reads a JSON object, or returns undefined. For the small files of the store, which every reader checks by hand. */
export function parseJsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
