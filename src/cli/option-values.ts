import {
  MAX_PREVIEW_TTL_S,
  MIN_PREVIEW_TTL_S,
  type Parsed,
  parsePreviewSlug,
  parseSiteName,
  parseSize,
  parseVersion,
} from "#model";
import { Failure } from "./failure.ts";

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Reads a span: `24h`, `7d`, `30m`, `90s`, or plain seconds. Returns seconds. */
export function parseSpan(text: string): number {
  const match = /^([0-9]{1,9})([smhd]?)$/.exec(text);
  if (!match) throw new Failure("usage", `"${text}" is not a span of time.`, { next: "Write 24h, 7d or seconds." });
  return Number(match[1]) * SECONDS[(match[2] || "s") as keyof typeof SECONDS];
}

/** Reads how long a preview lives. Returns seconds. */
export function parsePreviewLife(text: string): number {
  const seconds = parseSpan(text);
  if (seconds >= MIN_PREVIEW_TTL_S && seconds <= MAX_PREVIEW_TTL_S) return seconds;
  const limits = `${MIN_PREVIEW_TTL_S} seconds and ${MAX_PREVIEW_TTL_S / SECONDS.d} days`;
  throw new Failure("usage", `A preview lives between ${limits}, and not ${text}.`, {
    next: "Write 24h, 7d or seconds.",
  });
}

/** Reads a preview's slug. Whether it fits beside the site's subdomain the server tells: that may have been renamed. */
export const parseSlug = (text: string): string => accept(parsePreviewSlug(text, ""));

/** Reads the name of a site that is made where there is none. */
export const parseNewSite = (text: string): string => accept(parseSiteName(text));

function accept(parsed: Parsed<string>): string {
  if (parsed.ok) return parsed.value;
  throw new Failure("usage", `${parsed.fault.charAt(0).toUpperCase()}${parsed.fault.slice(1)}.`);
}

/** Reads a moment: `2026-01-31`, or with a time. Returns it as ISO 8601, in UTC. */
export function parseTime(text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new Failure("usage", `"${text}" is not a time.`, { next: "Write 2026-01-31, or 2026-01-31T12:00:00Z." });
}

/** A reader of whole numbers from `low` to `high`. */
export const parseWhole =
  (low: number, high: number) =>
  (text: string): number => {
    const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= low && value <= high) return value;
    throw new Failure("usage", `"${text}" is not a whole number between ${low} and ${high}.`);
  };

/** Reads what is expected to be served: `v12`, `12` or `none`. */
export function parseExpectation(text: string): string {
  if (text === "none") return text;
  const choice = parseReleaseChoice(text);
  if ("version" in choice) return choice.version;
  throw new Failure("usage", `"${text}" is not a version.`, { next: "Write the number that is served, or none." });
}

/** A release, named as people do: by its number or its image. */
export type ReleaseChoice = { readonly version: string } | { readonly image_id: string };

/** Reads `v3`, `3` or `img_…`. */
export function parseReleaseChoice(text: string): ReleaseChoice {
  const version = /^[0-9]+$/.test(text) ? `v${text}` : text;
  if (parseVersion(version) !== undefined) return { version };
  if (/^img_[0-9A-Za-z_-]{1,96}$/.test(text)) return { image_id: text };
  throw new Failure("usage", `"${text}" is not a release.`, { next: "Write its number, such as v3, or its img_… id." });
}

/** A limit, as an administrator gives it: a number, none at all, or what the server has for all. */
export type LimitChoice = number | "none" | "default";

/** Reads a limit that is a size: `10GiB`, `none` or `default`. */
export const parseSizeLimit = (text: string): LimitChoice => parseLimit(text, parseSize, "a size such as 10GiB");

/** Reads a limit that is a count: `20`, `none` or `default`. */
export const parseCountLimit = (text: string): LimitChoice =>
  parseLimit(text, (digits) => (/^[0-9]{1,9}$/.test(digits) ? Number(digits) : undefined), "a whole number");

function parseLimit(text: string, parse: (text: string) => number | undefined, expected: string): LimitChoice {
  if (text === "none" || text === "default") return text;
  const limit = parse(text);
  if (limit !== undefined) return limit;
  throw new Failure("usage", `"${text}" is not a limit.`, { next: `Write ${expected}, none or default.` });
}
