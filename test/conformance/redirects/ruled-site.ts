import type { RulesDialect } from "#model";

/** A path, what it is answered, and the request's headers. `HOST` stands for the site's own name. */
export type Row = readonly [path: string, answer: string, headers?: Readonly<Record<string, string>>];

/** A site with these rules beside the files below. */
export interface RuledSite {
  readonly about: string;
  /** Left out: told by content. */
  readonly dialect?: RulesDialect;
  readonly rules: string;
  readonly rows: readonly Row[];
}

/** Every file's content is its path. */
export const FILES: readonly string[] = [
  "index.html",
  "404.html",
  "about.html",
  "docs/index.html",
  "docs/a.html",
  "img/x.png",
  "a b.html",
  "é.html",
];
