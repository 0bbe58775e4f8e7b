import { accepted, type Parsed, refused } from "#model";
import { parse, TomlError } from "smol-toml";

/**
 * One setting of a TOML file: its key path, what it may be, what it means. The definitions parse the file and are the
 * source of the reference page, so the two cannot disagree.
 */
export interface Setting<T = unknown> {
  /** The path of the key, dotted: `deploy.concurrent`. */
  readonly key: string;
  /** What the value is, for people: `number, 1 to 100`. */
  readonly type: string;
  readonly default?: T | undefined;
  /** One or two sentences. */
  readonly doc: string;
  readonly example: T;
  /** The fault completes the sentence that starts with the key: `must be …`. */
  readonly parse: (value: unknown) => Parsed<T>;
}

export interface ReadSettings {
  readonly values: ReadonlyMap<string, unknown>;
  /** Keys that no definition knows, with the nearest that one does. */
  readonly unknown: readonly string[];
  readonly faults: readonly string[];
}

/** Reads a TOML text by its definitions: every value that is right, and every fault, each starting with its place. */
export function readSettings(text: string, definitions: readonly Setting[]): ReadSettings {
  let document: Record<string, unknown>;
  try {
    document = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split("\n")[0]!.replace(/^Invalid TOML document: /, "");
    return { values: new Map(), unknown: [], faults: [`line ${error.line}, column ${error.column}: ${reason}`] };
  }
  const known = new Map(definitions.map((setting) => [setting.key, setting]));
  const tables = new Set(definitions.flatMap(({ key }) => parents(key)));
  const values = new Map<string, unknown>();
  const unknown: string[] = [];
  const faults: string[] = [];
  for (const [key, value] of leaves(document, "", tables)) {
    const setting = known.get(key);
    if (tables.has(key)) faults.push(`${key}: must be a table, written [${key}]`);
    else if (!setting) unknown.push(`${key}: is not a setting${suggest(key, known.keys())}`);
    else {
      const parsed = setting.parse(value);
      if (parsed.ok) values.set(key, parsed.value);
      else faults.push(`${key}: ${parsed.fault}`);
    }
  }
  return { values, unknown, faults };
}

/** `a.b.c` → `a`, `a.b`. */
function parents(key: string): string[] {
  const parts = key.split(".");
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("."));
}

/** Lists the values of a document with their key paths, descending only into tables that have settings. */
function* leaves(
  table: Record<string, unknown>,
  prefix: string,
  tables: ReadonlySet<string>,
): Generator<[string, unknown]> {
  for (const [name, value] of Object.entries(table)) {
    const key = prefix + name;
    const isTable = typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
    if (isTable && tables.has(key)) yield* leaves(value as Record<string, unknown>, `${key}.`, tables);
    else yield [key, value];
  }
}

function suggest(key: string, known: Iterable<string>): string {
  let best: string | undefined;
  let bestDistance = 4;
  for (const candidate of known) {
    const sameName = candidate.slice(candidate.lastIndexOf(".") + 1) === key.slice(key.lastIndexOf(".") + 1);
    const distance = sameName ? 0 : editDistance(key, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best ? `; did you mean ${best}?` : "";
}

/** How many insertions, removals and replacements of one character turn `a` into `b` (Levenshtein). */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}

export function parseText(value: unknown): Parsed<string> {
  return typeof value === "string" && value !== "" ? accepted(value) : refused("must be a text that is not empty");
}

/** A parser of whole numbers from `low` to `high`. */
export const parseCount =
  (low: number, high: number) =>
  (value: unknown): Parsed<number> =>
    Number.isInteger(value) && (value as number) >= low && (value as number) <= high
      ? accepted(value as number)
      : refused(`must be a number between ${low} and ${high}`);

/** A parser of one of several words. */
export const parseChoice =
  <T extends string>(choices: readonly T[]) =>
  (value: unknown): Parsed<T> =>
    choices.includes(value as T)
      ? accepted(value as T)
      : refused(`must be ${choices.map((choice) => JSON.stringify(choice)).join(" or ")}`);

/** The address of a server: http or https, without a trailing slash, query or password. */
export function parseEndpoint(value: unknown): Parsed<string> {
  const fault = refused('must be the address of a server, such as "https://sitepod.example.com"');
  if (typeof value !== "string" || !/^https?:\/\//i.test(value) || !URL.canParse(value)) return fault;
  const url = new URL(value);
  if (url.username || url.password || url.search || url.hash) return fault;
  return accepted(`${url.origin}${url.pathname.replace(/\/+$/, "")}`);
}
