import type { Described } from "./describe-message.ts";

const COLOURS: Record<Described["tone"], number> = { good: 0x2e_9e_5b, bad: 0xd6_40_45, neutral: 0x6b_72_80 };
/** Discord refuses longer ones. */
const MAX_TITLE_LENGTH = 256;

/** Writes a message with an embed. Nobody is mentioned, whatever the text says; its Markdown is escaped. */
export function formatDiscord({ title, lines, url, tone }: Described, timestamp: string): unknown {
  return {
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: escape(title, MAX_TITLE_LENGTH),
        description: lines.map((line) => escape(line)).join("\n"),
        ...(url === undefined ? {} : { url }),
        color: COLOURS[tone],
        timestamp,
      },
    ],
  };
}

/** A character and its backslash stay together where it is cut off. */
function escape(text: string, maxLength = Infinity): string {
  let escaped = "";
  for (const character of text) {
    const next = /[\\*_~`|>#[\]()<@:-]/.test(character) ? `\\${character}` : character;
    if (escaped.length + next.length > maxLength) break;
    escaped += next;
  }
  return escaped;
}
