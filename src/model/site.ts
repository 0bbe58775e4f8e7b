import { accepted, type Parsed, refused } from "./error.ts";

/** The environments of a static site. */
export const ENVIRONMENTS = ["prod", "beta"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

export const isEnvironment = (text: unknown): text is Environment => ENVIRONMENTS.includes(text as Environment);

/** Names that the server needs for itself. */
export const RESERVED_LABELS: readonly string[] = [
  "app",
  "www",
  "api",
  "console",
  "preview",
  "static",
  "assets",
  "admin",
];

/** A site's name is one DNS label, short enough that `-beta` still fits one. */
export const MAX_SITE_NAME_LENGTH = 58;
/** RFC 1035, section 2.3.4. */
export const MAX_DNS_LABEL_LENGTH = 63;

const SITE_NAME = /^[a-z][a-z0-9-]{0,57}$/;
const PREVIEW_SLUG = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const VERSION = /^v([1-9][0-9]{0,8})$/;

/** Parses a site's name, which is also its first subdomain. */
export function parseSiteName(text: string): Parsed<string> {
  const shown = JSON.stringify(text.slice(0, 80));
  if (!SITE_NAME.test(text)) {
    return refused(
      `site name ${shown} must start with a letter and hold only lower-case letters, digits and hyphens, ` +
        `${MAX_SITE_NAME_LENGTH} at most`,
    );
  }
  if (text.includes("--")) return refused(`site name ${shown} must not contain "--": it separates previews`);
  if (text.endsWith("-")) return refused(`site name ${shown} must not end in a hyphen`);
  if (text.endsWith("-beta"))
    return refused(`site name ${shown} must not end in "-beta": that is the beta environment`);
  if (RESERVED_LABELS.includes(text)) return refused(`site name ${shown} is reserved`);
  return accepted(text);
}

/** Parses the slug of a preview of the site called `label`. */
export function parsePreviewSlug(text: string, label: string): Parsed<string> {
  const shown = JSON.stringify(text.slice(0, 80));
  if (!PREVIEW_SLUG.test(text) || text.includes("--")) {
    return refused(`preview slug ${shown} must hold only lower-case letters, digits and single hyphens between them`);
  }
  if (VERSION.test(text)) return refused(`preview slug ${shown} looks like a release; choose another`);
  if (label.length + 2 + text.length > MAX_DNS_LABEL_LENGTH) {
    return refused(
      `preview slug ${shown} is too long: "${label}--${text}" must fit ${MAX_DNS_LABEL_LENGTH} characters`,
    );
  }
  return accepted(text);
}

/** Reads a release's version, `v3` → 3. Undefined where the text is not one. */
export function parseVersion(text: string): number | undefined {
  const digits = VERSION.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Writes a release's version, 3 → `v3`. */
export const formatVersion = (version: number): string => `v${version}`;
