import mime from "mime";

/** What a file without a known name is: bytes, which a browser saves rather than shows. */
export const UNKNOWN_MEDIA_TYPE = "application/octet-stream";

/** What the registry of extensions does not know, or knows as something that no website means. */
const EXCEPTIONS: readonly [name: RegExp, type: string][] = [
  [/^apple-app-site-association$/, "application/json"],
  [/.\.cjs$/i, "text/javascript"],
];

const TEXT = /^text\/|^application\/(?:javascript|json|json5|xml|xml-dtd|toml)$|\+(?:json|xml)$/;

/**
 * Returns the media type of a file by its name, as it is sent: text carries `; charset=utf-8`, so that a browser never
 * guesses. A name without an extension, or with an unknown one, is `application/octet-stream`.
 */
export function mediaType(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const exception = EXCEPTIONS.find(([pattern]) => pattern.test(name))?.[1];
  // The registry takes a bare word for an extension; behind a slash it is a name.
  const type = exception ?? mime.getType(`/${name}`) ?? UNKNOWN_MEDIA_TYPE;
  return TEXT.test(type) ? `${type}; charset=utf-8` : type;
}
