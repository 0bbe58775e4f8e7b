import { type Mount, ROOT_PATH } from "#model";

/** Finds the mount that a request's path falls under. The longest wins; `/blog` covers `/blog/x`, and not `/blogger`. */
export function findMount(mounts: readonly Mount[], path: string): Mount | undefined {
  let found: Mount | undefined;
  for (const mount of mounts) if (covers(mount, path) && mount.path.length >= (found?.path.length ?? 0)) found = mount;
  return found;
}

const covers = ({ path: prefix }: Mount, path: string): boolean =>
  prefix === ROOT_PATH || (path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === "/"));
