import { MAX_SITE_NAME_LENGTH, parseSiteName } from "#model";

/** Makes a site's name of some text, such as a folder's or a package's name. */
export function suggestSiteName(text: string): string {
  const plain = text
    .replace(/^@[^/]*\//, "")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, MAX_SITE_NAME_LENGTH)
    .replace(/(?:-beta)?-*$/, "");
  const name = plain === "" ? "my-site" : plain;
  return parseSiteName(name).ok ? name : `${name.slice(0, MAX_SITE_NAME_LENGTH - 5)}-site`;
}
