import type { WebhookEvent } from "#model";
import type { Facts } from "./message.ts";

/** Which events of the audit log receivers are told of, by their actions. */
const EVENTS: Readonly<Partial<Record<string, WebhookEvent>>> = {
  "release.create": "deploy.succeeded",
  "environment.release": "environment.released",
  "environment.rollback": "environment.rolled_back",
  "preview.create": "preview.created",
  "preview.delete": "preview.deleted",
  "domain.add": "domain.added",
  "domain.verify": "domain.verified",
  "domain.release": "domain.lost",
  "domain.remove": "domain.removed",
  "approval.request": "approval.requested",
  "approval.approve": "approval.approved",
  "approval.refuse": "approval.refused",
  "approval.withdraw": "approval.withdrawn",
};

export const eventOf = (action: string): WebhookEvent | undefined => EVENTS[action];

interface Change {
  readonly target?: string | undefined;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Reads from an event of the audit log what receivers are told. */
export function factsOf(event: WebhookEvent, change: Change): Facts {
  const target = change.target ?? "";
  const [was, is] = [fieldsOf(change.before), fieldsOf(change.after)];
  switch (event) {
    case "deploy.succeeded":
    case "deploy.failed":
      return { version: target };
    case "environment.released":
    case "environment.rolled_back":
      return { ...is, previous_version: was.version ?? null };
    case "preview.created":
    case "preview.deleted":
      return { slug: target, ...was, ...is };
    case "domain.added":
    case "domain.verified":
    case "domain.lost":
    case "domain.removed":
      return { domain: target, ...was, ...is };
    case "approval.requested":
    case "approval.approved":
    case "approval.refused":
    case "approval.withdrawn": {
      const { approval, ...rest } = is;
      return { ...(approval !== undefined && { approval_id: approval }), ...rest };
    }
    default:
      return event satisfies never;
  }
}

/** The fields of what the log has, whose texts are those of the facts. */
const fieldsOf = (value: unknown): Facts & { readonly approval?: string } =>
  typeof value === "object" && value !== null ? value : {};
