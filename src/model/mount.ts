import { accepted, type Parsed, refused } from "./error.ts";
import { type Environment, isEnvironment } from "./site.ts";

/** A place on a custom domain where a site is found: the whole host (`/`), or all below a path (`/blog`). */
export interface Mount {
  readonly path: string;
  /** The site's current subdomain. */
  readonly label: string;
  readonly environment: Environment;
}

export const ROOT_PATH = "/";
export const MAX_MOUNT_PATH_LENGTH = 200;

/** Only characters that have one spelling in a URL, so that a request's path can be compared as it comes. */
const MOUNT_PATH = /^(?:\/[A-Za-z0-9_][A-Za-z0-9._~-]*)+$/;

/** Parses the path of a mount: `/`, or segments without a slash at the end. */
export function parseMountPath(text: string): Parsed<string> {
  if (text === ROOT_PATH || (MOUNT_PATH.test(text) && text.length <= MAX_MOUNT_PATH_LENGTH)) return accepted(text);
  return refused(
    `must be "/" or a path such as "/blog": it starts with "/", does not end in one, and each part holds only ` +
      `letters, digits, hyphens, dots, underscores and tildes, ${MAX_MOUNT_PATH_LENGTH} characters in all`,
  );
}

/** Reads a mount of a host's file. Undefined where the value is not one. */
export function parseMount(value: unknown): Mount | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { path, label, environment } = value as Record<string, unknown>;
  if (typeof path !== "string" || !parseMountPath(path).ok) return undefined;
  return typeof label === "string" && isEnvironment(environment) ? { path, label, environment } : undefined;
}
