/** Writes what others have sent such that it does nothing to a terminal: control characters but line feeds become escapes. */
export const printable = (text: string): string =>
  text.replaceAll(
    /[^\P{Cc}\n]|\p{Cf}|[\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
