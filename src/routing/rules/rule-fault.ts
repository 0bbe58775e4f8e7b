/** What is wrong with one line of `_redirects` or `_headers`. */
export interface RuleFault {
  /** Counted from 1. */
  readonly line: number;
  /** The line as it was written, without the space around it. */
  readonly text: string;
  /** One sentence: what is wrong, and the way out. */
  readonly message: string;
}

/** Parsers of rules never throw: they return what they could read, and tell what they could not. */
export interface ParsedRules<Rule> {
  readonly rules: readonly Rule[];
  readonly faults: readonly RuleFault[];
}

export interface RuleLine {
  readonly line: number;
  readonly text: string;
}

/** The lines that say something: neither empty nor a comment. */
export function* ruleLines(file: string): Generator<RuleLine> {
  const lines = file.replace(/^\ufeff/, "").split("\n");
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text !== "" && !text.startsWith("#")) yield { line: index + 1, text };
  }
}
