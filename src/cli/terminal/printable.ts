import type { Paint } from "./paint.ts";

/** One colour of `Paint`; a control character, but for line feeds and tabs; what turns the direction of writing. */
const SPECIAL = /(\x1b\[(?:1|2|22|3[1-6]|39)m)|[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu; // eslint-disable-line no-control-regex

/**
 * Writes text such that it does nothing to a terminal: what is special there becomes an escape. All that is shown to people goes
 * through this, since others have written much of it: commit messages, reasons, names, answers. With a `paint` that colours,
 * its colours stay.
 */
export const printable = (text: string, paint?: Pick<Paint, "isColored">): string =>
  text.replaceAll(SPECIAL, (found: string, colour: string | undefined) =>
    colour !== undefined && paint?.isColored ? colour : [...found].map(escape).join(""),
  );

/** Of a colour that is none of ours, the escape character alone is one. */
const escape = (character: string): string =>
  /\p{Cc}|\P{ASCII}/u.test(character) ? `\\u{${character.codePointAt(0)!.toString(16)}}` : character;
