import type { Entry, HtmlHandling } from "#model";

export type FindEntry = (path: string) => Entry | undefined;

/** What is at a path: a file, or the way to the address that a file is served at. */
export type Found = { readonly entry: Entry } | { readonly address: string };

const INDEX = "index.html";
const HTML = ".html";

/**
 * Finds what a path of a pod means, as Cloudflare's assets do. A file that is no HTML is at its own path. An HTML file
 * has one address, which the mode spells; every other spelling leads there. Where another file has that address already,
 * the HTML file stays at its own path.
 */
export function findByPath(path: string, mode: HtmlHandling, find: FindEntry): Found | undefined {
  const exact = find(path);
  if (mode === "none") return exact && { entry: exact };
  const served = exact ?? findAt(path, mode, find);
  if (served && !(exact && isPage(path))) return { entry: served };
  for (const name of namedBy(path, mode)) {
    if (!find(name)) continue;
    const address = addressOf(name, mode);
    if ((find(address) ?? findAt(address, mode, find))?.path === name) return { address };
    if (exact && name === path) return { entry: exact };
  }
  return undefined;
}

/** The HTML file whose address a path is. */
function findAt(path: string, mode: HtmlHandling, find: FindEntry): Entry | undefined {
  for (const name of namedBy(path, mode)) {
    const entry = addressOf(name, mode) === path ? find(name) : undefined;
    if (entry) return entry;
  }
  return undefined;
}

/** `docs/index.html` → `docs/` or, without slash, `docs`; `about.html` → `about` or, with slash, `about/`. */
function addressOf(name: string, mode: HtmlHandling): string {
  const isIndex = name === INDEX || name.endsWith(`/${INDEX}`);
  if (!isIndex) return name.slice(0, -HTML.length) + (mode === "force-trailing-slash" ? "/" : "");
  const folder = name.slice(0, -INDEX.length);
  return mode === "drop-trailing-slash" ? folder.slice(0, -1) : folder;
}

/** The HTML files that a path could mean, the likeliest first. */
function namedBy(path: string, mode: HtmlHandling): string[] {
  const folder = folderOf(path);
  const names: string[] = [];
  if (folder !== undefined) {
    names.push(folder + INDEX);
    if (folder !== "") names.push(folder.slice(0, -1) + HTML);
    // Here a folder's own spelling is without the slash, which is a page's too: the page goes first.
    if (mode === "drop-trailing-slash" && !path.endsWith(HTML)) names.reverse();
  }
  if (path === "" || path.endsWith("/")) return names;
  if (isPage(path)) names.push(path, `${path.slice(0, -HTML.length)}/${INDEX}`);
  return [...names, path + HTML, `${path}/${INDEX}`];
}

/** A file that is named `.html` alone has no other name to be addressed by. */
const isPage = (name: string): boolean => name.endsWith(HTML) && name !== HTML && !name.endsWith(`/${HTML}`);

/** The folder that a path names by its slash, `index` or `index.html`: empty, or ending in a slash. */
function folderOf(path: string): string | undefined {
  const [folder, last] = [path.slice(0, path.lastIndexOf("/") + 1), path.slice(path.lastIndexOf("/") + 1)];
  return last === "" || last === "index" || last === INDEX ? folder : undefined;
}
