import { parseSiteName } from "#model";

/** Says what is wrong with a site's name, as a sentence without its full stop; undefined where nothing is. */
export function faultOfName(text: string): string | undefined {
  const parsed = parseSiteName(text);
  return parsed.ok ? undefined : parsed.fault.charAt(0).toUpperCase() + parsed.fault.slice(1);
}
