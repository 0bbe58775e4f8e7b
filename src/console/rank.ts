/**
 * How well a text answers what was typed: lower is better, undefined where the letters do not come in that order. The
 * beginning of a word is better than its middle, and letters side by side better than far apart.
 */
export function rank(text: string, typed: string): number | undefined {
  const [within, wanted] = [text.toLowerCase(), typed.toLowerCase().replaceAll(/\s+/g, "")];
  const whole = within.indexOf(wanted);
  if (whole !== -1) return whole === 0 ? 0 : isWordStart(within, whole) ? 1 : 2;
  let at = -1;
  let gaps = 0;
  for (const letter of wanted) {
    const next = within.indexOf(letter, at + 1);
    if (next === -1) return undefined;
    if (next !== at + 1) gaps++;
    at = next;
  }
  return 2 + gaps;
}

/** The items whose text answers what was typed, the best first, else in their order. */
export function findRanked<T>(items: readonly T[], typed: string, textOf: (item: T) => string): T[] {
  return items
    .flatMap((item) => {
      const place = rank(textOf(item), typed);
      return place === undefined ? [] : [{ item, place }];
    })
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

const isWordStart = (text: string, at: number): boolean => /[^a-z0-9]/.test(text[at - 1]!);
