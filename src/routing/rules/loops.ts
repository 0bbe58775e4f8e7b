import { isStatic } from "./path-pattern.ts";
import { isRedirect, type RedirectRule } from "./redirect-rule.ts";

/** Whether a redirect leads to where it came from, whatever its placeholders stand for. */
export function leadsToItself(rule: RedirectRule): boolean {
  const { source, target, host, query } = rule;
  if (!isRedirect(rule) || target.query !== "" || query.length > 0) return false;
  if (target.origin !== undefined && URL.parse(target.origin)?.hostname !== host) return false;
  return pathKey(source.replace("*", ":splat"), rule) === pathKey(target.path, rule);
}

/**
 * Finds redirects that close a circle: rules that always hold, from one path to another of the same site, until the
 * first is reached again. Each circle is told once, by its last line.
 */
export function findCircles(rules: readonly RedirectRule[]): Set<RedirectRule> {
  const next = new Map<string, RedirectRule>();
  const always = rules.filter(isCertain);
  for (const rule of always) {
    const key = pathKey(rule.source, rule);
    if (!next.has(key)) next.set(key, rule);
  }
  const closing = new Set<RedirectRule>();
  const seen = new Set<RedirectRule>();
  for (const start of always) {
    const path = new Set<RedirectRule>();
    let rule: RedirectRule | undefined = start;
    for (; rule && !seen.has(rule); rule = next.get(pathKey(rule.target.path, rule))) {
      seen.add(rule);
      path.add(rule);
    }
    if (!rule || !path.has(rule)) continue;
    const circle = [...path].slice([...path].indexOf(rule));
    closing.add(circle.reduce((last, other) => (other.line > last.line ? other : last)));
  }
  return closing;
}

const isCertain = (rule: RedirectRule): boolean =>
  isRedirect(rule) &&
  rule.wins &&
  rule.host === undefined &&
  rule.target.origin === undefined &&
  rule.query.length === 0 &&
  Object.values(rule.conditions).every((list: readonly string[]) => list.length === 0) &&
  isStatic(rule.pattern);

const pathKey = (path: string, { pattern }: RedirectRule): string =>
  pattern.ignoresSlash && path.endsWith("/") ? path.slice(0, -1) : path;
