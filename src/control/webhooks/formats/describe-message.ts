import type { WebhookMessage } from "../message.ts";

/** What a chat shows of a message. It holds what people have written: each format writes that as its chat shows it as text. */
export interface Described {
  /** One line. */
  readonly title: string;
  readonly lines: readonly string[];
  readonly url: string | undefined;
  readonly tone: "good" | "bad" | "neutral";
}

/** Longer than most messages of commits, and shorter than what any chat refuses. */
const MAX_LINE_LENGTH = 500;

export function describeMessage({ type, data }: WebhookMessage): Described {
  const { project, actor, release, comment, reason, url } = data;
  const written = [release?.message ?? release?.git.message, comment, reason].filter((text) => text?.trim());
  return {
    title: shorten(project === null ? titleOf(type, data) : `${project}: ${titleOf(type, data)}`),
    lines: [...written.map((text) => shorten(text!)), `by ${shorten(actor)}`],
    url,
    tone: toneOf(type),
  };
}

function titleOf(type: WebhookMessage["type"], data: WebhookMessage["data"]): string {
  const { version, environment, slug, domain } = data;
  switch (type) {
    case "deploy.succeeded":
      return `${version} is deployed`;
    case "deploy.failed":
      return "a deploy failed";
    case "environment.released":
      return `${version} is live on ${environment}`;
    case "environment.rolled_back":
      return `${environment} is back at ${version}`;
    case "preview.created":
      return `${version} can be seen as the preview ${slug}`;
    case "preview.deleted":
      return `the preview ${slug} is deleted`;
    case "domain.added":
      return `the domain ${domain} is added`;
    case "domain.verified":
      return `the domain ${domain} is verified`;
    case "domain.lost":
      return `the domain ${domain} is no longer served: its DNS record is gone`;
    case "domain.removed":
      return `the domain ${domain} is removed`;
    case "approval.requested":
      return `${version} waits for an approval to go to ${environment}`;
    case "approval.approved":
      return `${version} is approved for ${environment}`;
    case "approval.refused":
      return `${version} is refused for ${environment}`;
    case "approval.withdrawn":
      return `${version} is no longer to go to ${environment}`;
    case "webhook.test":
      return "A test message of SitePod: it has arrived";
    default:
      return type satisfies never;
  }
}

function toneOf(type: WebhookMessage["type"]): Described["tone"] {
  if (type === "deploy.failed" || type === "domain.lost" || type === "approval.refused") return "bad";
  const isGood = ["deploy.succeeded", "environment.released", "domain.verified", "approval.approved"].includes(type);
  return isGood ? "good" : "neutral";
}

/** By whole characters: half of one is refused by some. */
function shorten(text: string): string {
  const characters = [...text.trim()];
  return characters.length <= MAX_LINE_LENGTH ? text.trim() : `${characters.slice(0, MAX_LINE_LENGTH - 1).join("")}…`;
}
