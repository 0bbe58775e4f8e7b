import type { Parsed } from "#model";
import { findCircles } from "./loops.ts";
import { namesOf } from "./path-pattern.ts";
import type { RedirectRule } from "./redirect-rule.ts";
import { type ParsedRules, type RuleFault, type RuleLine, ruleLines } from "./rule-fault.ts";
import { namesInTarget } from "./target.ts";

/**
 * Reads the lines of `_redirects` into rules and faults.
 *
 * @param parseLine reads one line; its fault is a sentence, and the line is left out
 * @param refuse says why a rule cannot be taken beside those before it, or undefined
 */
export function collectRedirects(
  file: string,
  parseLine: (line: RuleLine) => Parsed<RedirectRule>,
  refuse: (rule: RedirectRule) => string | undefined,
): ParsedRules<RedirectRule> {
  const taken = new Map<RedirectRule, RuleLine>();
  const faults: RuleFault[] = [];
  for (const line of ruleLines(file)) {
    const parsed = parseLine(line);
    const refusal = parsed.ok ? refuse(parsed.value) : parsed.fault;
    if (refusal !== undefined) faults.push({ ...line, message: refusal });
    else if (parsed.ok) taken.set(parsed.value, line);
  }
  for (const rule of findCircles([...taken.keys()])) {
    faults.push({
      ...taken.get(rule)!,
      message: "This redirect leads back to where others come from. It is left out.",
    });
    taken.delete(rule);
  }
  for (const [rule, line] of taken) {
    const unknown = findUnknownName(rule);
    if (unknown !== undefined) {
      faults.push({
        ...line,
        message: `The source has no :${unknown}, so that part of the target is sent as it stands.`,
      });
    }
  }
  return { rules: [...taken.keys()], faults: faults.sort((a, b) => a.line - b.line) };
}

function findUnknownName({ pattern, query, target }: RedirectRule): string | undefined {
  const used = namesInTarget(target);
  if (used.length === 0) return undefined;
  const known = [...namesOf(pattern), ...query.flatMap(({ value }) => (value.kind === "any" ? [value.as] : []))];
  return used.find((name) => !known.includes(name));
}
