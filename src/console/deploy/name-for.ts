/** What build tools call what they write: it says nothing about the site. */
const OUTPUT_NAMES = ["dist", "build", "public", "out", "output", "site", "_site", "www", "html", "htdocs", "static"];
const MAX_NAME_LENGTH = 50;

/** What a site could be called whose folder has this name; empty where the name says nothing. */
export function nameFor(folder: string): string {
  const name = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[^a-z]+/g, "")
    .slice(0, MAX_NAME_LENGTH)
    .replaceAll(/-+$/g, "");
  return OUTPUT_NAMES.includes(folder.toLowerCase()) ? "" : name;
}
