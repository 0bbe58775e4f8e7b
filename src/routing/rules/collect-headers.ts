import type { Parsed } from "#model";
import type { HeaderRule } from "./header-rule.ts";
import { type ParsedRules, type RuleFault, type RuleLine, ruleLines } from "./rule-fault.ts";

/** A rule while its lines are being read. */
export interface Block {
  readonly line: RuleLine;
  readonly place: HeaderRule["place"];
  readonly set: { name: string; value: string }[];
  readonly unset: string[];
  credentials: HeaderRule["credentials"];
}

export interface HeaderGrammar {
  readonly isPlace: (text: string) => boolean;
  /** Reads the line that a block begins with. */
  readonly parsePlace: (text: string) => Parsed<HeaderRule["place"]>;
  /** Reads another line into its block; says why it is left out, or undefined. */
  readonly addLine: (block: Block, text: string) => string | undefined;
  readonly maxRules: number;
  /** Characters. */
  readonly maxLineLength: number;
}

/** Reads the blocks of `_headers`: a line with a path, then lines that say what is done there. */
export function collectHeaders(file: string, grammar: HeaderGrammar): ParsedRules<HeaderRule> {
  const blocks: Block[] = [];
  const faults: RuleFault[] = [];
  /** Lines under a path that could not be read belong to nothing, and one fault is enough for them. */
  let current: Block | "unread" | undefined;
  for (const line of ruleLines(file)) {
    const fault = (message: string) => faults.push({ ...line, message });
    if (line.text.length > grammar.maxLineLength) {
      fault(`The line is longer than ${grammar.maxLineLength} characters.`);
    } else if (grammar.isPlace(line.text)) {
      const place = grammar.parsePlace(line.text);
      current = "unread";
      if (!place.ok) fault(place.fault);
      else if (blocks.length === grammar.maxRules) {
        fault(`There are more than ${grammar.maxRules} paths. This one is left out; use * to bring some together.`);
      } else blocks.push((current = { line, place: place.value, set: [], unset: [], credentials: undefined }));
    } else if (current === undefined) {
      fault("A path comes before the headers that belong to it. Start it with /.");
    } else if (current !== "unread") {
      const refusal = grammar.addLine(current, line.text);
      if (refusal !== undefined) fault(refusal);
    }
  }
  for (const block of blocks.filter(isEmpty)) {
    faults.push({ ...block.line, message: "Nothing is said of this path. Write Name: value under it." });
  }
  const rules = blocks.filter((block) => !isEmpty(block)).map(({ line, ...rule }) => ({ line: line.line, ...rule }));
  return { rules, faults: faults.sort((a, b) => a.line - b.line) };
}

const isEmpty = ({ set, unset, credentials }: Block): boolean =>
  set.length === 0 && unset.length === 0 && credentials === undefined;
