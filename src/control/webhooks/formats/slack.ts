import type { Described } from "./describe-message.ts";

/**
 * Writes a message of Slack's Block Kit. What people have written stands in `plain_text`, which has no markup; `text` is
 * what notifications show, where the three characters are escaped that Slack reads as control characters.
 */
export function formatSlack({ title, lines, url }: Described): unknown {
  const plain = (text: string) => ({ type: "section", text: { type: "plain_text", text, emoji: false } });
  const link = url === undefined ? [] : [{ type: "section", text: { type: "mrkdwn", text: `<${escape(url)}>` } }];
  return {
    text: escape(title),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [plain(title), plain(lines.join("\n")), ...link],
  };
}

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
