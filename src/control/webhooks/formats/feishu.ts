import { createHmac } from "node:crypto";
import type { Described } from "./describe-message.ts";

/** Writes a rich text message, whose parts are text or links: neither has markup. */
export function formatFeishu({ title, lines, url }: Described): object {
  const text = lines.map((line) => [{ tag: "text", text: line }]);
  const link = url === undefined ? [] : [[{ tag: "a", text: url, href: url }]];
  return { msg_type: "post", content: { post: { en_us: { title, content: [...text, ...link] } } } };
}

/** What Feishu's bots check where they have a secret: the HMAC of nothing, whose key is the time and the secret. */
export function signFeishu(secret: string, nowS: number): { readonly timestamp: string; readonly sign: string } {
  const sign = createHmac("sha256", `${nowS}\n${secret}`).digest("base64");
  return { timestamp: String(nowS), sign };
}

/** Feishu answers 200 whatever happens, and says in the body whether it has taken the message. */
export function feishuFault(answer: string): string | undefined {
  try {
    const { code, msg } = JSON.parse(answer) as { code?: number; msg?: string };
    return code === undefined || code === 0 ? undefined : `Feishu answers with the code ${code}: ${String(msg)}`;
  } catch {
    return "The answer is not one of Feishu.";
  }
}
