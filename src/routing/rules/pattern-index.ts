/** One step of a path: where it goes for each segment, and what ends or goes on anyhow from here. */
interface Node {
  readonly literals: Map<string, Node>;
  /** Where any segment leads. */
  any: Node | undefined;
  /** Rules of exactly this many segments. */
  readonly ends: number[];
  /** Rules that anything may follow. */
  readonly open: number[];
}

/**
 * Finds the rules that could match a path without looking at the others: a tree of segments. What it finds is checked
 * by the rule's pattern; what it leaves out cannot match.
 */
export interface PatternIndex {
  /** Adds a rule by its number. `undefined` is a segment that may be anything. */
  add(segments: readonly (string | undefined)[], isOpen: boolean, rule: number): void;
  /** Returns the numbers of rules, ascending. */
  find(segments: readonly string[]): number[];
}

export function createPatternIndex(): PatternIndex {
  const root = createNode();

  function collect(node: Node, segments: readonly string[], depth: number, found: number[]): void {
    for (const rule of node.open) found.push(rule);
    if (depth === segments.length) {
      for (const rule of node.ends) found.push(rule);
      return;
    }
    const literal = node.literals.get(segments[depth]!);
    if (literal) collect(literal, segments, depth + 1, found);
    if (node.any) collect(node.any, segments, depth + 1, found);
  }

  return {
    add(segments, isOpen, rule) {
      let node = root;
      for (const segment of segments) node = stepInto(node, segment);
      (isOpen ? node.open : node.ends).push(rule);
    },
    find(segments) {
      const found: number[] = [];
      collect(root, segments, 0, found);
      return found.length > 1 ? found.sort((a, b) => a - b) : found;
    },
  };
}

const createNode = (): Node => ({ literals: new Map(), any: undefined, ends: [], open: [] });

function stepInto(node: Node, segment: string | undefined): Node {
  if (segment === undefined) return (node.any ??= createNode());
  let next = node.literals.get(segment);
  if (!next) node.literals.set(segment, (next = createNode()));
  return next;
}
