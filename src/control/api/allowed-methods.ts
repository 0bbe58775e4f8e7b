interface Route {
  /** Upper case. */
  readonly method: string;
  /** As Hono writes it: `/projects/:id`. */
  readonly path: string;
}

/** Returns which methods the routes know for a path, sorted: those of an Allow header (RFC 9110, section 10.2.1). */
export function findAllowedMethods(routes: readonly Route[], path: string): string[] {
  const segments = path.split("/");
  const matches = (route: Route) => {
    const pattern = route.path.split("/");
    return (
      pattern.length === segments.length && pattern.every((part, i) => part.startsWith(":") || part === segments[i])
    );
  };
  const methods = new Set(routes.filter(matches).map(({ method }) => method));
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods].toSorted();
}
