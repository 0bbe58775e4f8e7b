import type { WebhookFormat } from "#model";
import type { WebhookMessage } from "../message.ts";
import type { WebhookAnswer, WebhookPost } from "../sender.ts";
import { describeMessage } from "./describe-message.ts";
import { formatDiscord } from "./discord.ts";
import { feishuFault, formatFeishu, signFeishu } from "./feishu.ts";
import { signedHeaders } from "./sign.ts";
import { formatSlack } from "./slack.ts";

interface Sending {
  readonly id: string;
  readonly nowMs: number;
  /** The newest first. None: it is not signed. */
  readonly secrets: readonly string[];
  /** The server's. */
  readonly version: string;
}

/** Makes the request that brings a message to a receiver of that format. */
export function formatRequest(
  format: WebhookFormat,
  message: WebhookMessage,
  { id, nowMs, secrets, version }: Sending,
): Pick<WebhookPost, "headers" | "body"> {
  const nowS = Math.floor(nowMs / 1000);
  const headers = { "content-type": "application/json", "user-agent": `SitePod/${version}` };
  const [secret] = secrets;
  if (format === "feishu" && secret !== undefined) {
    const body = JSON.stringify({ ...signFeishu(secret, nowS), ...formatFeishu(describeMessage(message)) });
    return { headers, body };
  }
  const body = formatBody(format, message);
  const isSigned = format === "json" && secret !== undefined;
  return { headers: { ...headers, ...(isSigned ? signedHeaders(secrets, id, nowS, body) : {}) }, body };
}

/** The body without signature, which is what people are shown. */
export function formatBody(format: WebhookFormat, message: WebhookMessage): string {
  switch (format) {
    case "json":
      return JSON.stringify(message);
    case "slack":
      return JSON.stringify(formatSlack(describeMessage(message)));
    case "discord":
      return JSON.stringify(formatDiscord(describeMessage(message), message.timestamp));
    case "feishu":
      return JSON.stringify(formatFeishu(describeMessage(message)));
    default:
      return format satisfies never;
  }
}

/** Returns what is wrong with how a receiver answered; undefined: it has taken the message. */
export function faultOf(format: WebhookFormat, answer: WebhookAnswer): string | undefined {
  if (answer.kind === "unanswered") return answer.fault;
  const { status, text } = answer;
  if (status >= 300 && status < 400) return `It answers ${status}: redirects are not followed.`;
  if (status < 200 || status >= 300) return `It answers ${status}.`;
  return format === "feishu" ? feishuFault(text) : undefined;
}
