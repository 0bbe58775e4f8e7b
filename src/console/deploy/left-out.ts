const WELL_KNOWN = ".well-known";

/** Whether a deploy leaves a file out, by the rules that the command line has where a project names none. */
export function isLeftOut(path: string): boolean {
  const names = path.split("/");
  if (path === "sitepod.toml" || names[0] === "node_modules" || path.endsWith(".map")) return true;
  return names.some((name) => name.startsWith(".") && name !== WELL_KNOWN);
}
