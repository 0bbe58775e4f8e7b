/** The zones that a record may be in, nearest first: `a.b.org` may be in `a.b.org`, `b.org` or `org`. */
export function listZoneNames(name: string): string[] {
  const labels = name.toLowerCase().split(".");
  return labels.map((_, at) => labels.slice(at).join("."));
}
