import type { Api } from "#wire";
import type { Result } from "../command-spec.ts";
import { formatAge, formatDuration } from "./format.ts";

/** What a receiver last answered, or why it did not: `200 in 12 ms`, `500 in 0.3 s`, `No answer within 10000 ms.` */
export function formatOutcome({ status, fault, duration_ms: durationMs }: Api.WebhookDelivery): string {
  if (status === null) return fault ?? "";
  return `${status}${durationMs === null ? "" : ` in ${formatDuration(durationMs)}`}`;
}

/** When it is sent next, or how it ended: `delivered`, `failed`, `again in 5 min`. */
export const formatState = ({ state, attempts, next_at: nextAt }: Api.WebhookDelivery, nowMs: number): string =>
  state === "pending" && nextAt !== null && attempts > 0 ? `again ${formatAge(nextAt, nowMs)}` : state;

/** Shows one delivery. */
export function formatDelivery(delivery: Api.WebhookDeliveryShown, nowMs: number): string {
  const { id, event, attempts, fault, request, answer } = delivery;
  return [
    `${id}  ${event}  ${formatState(delivery, nowMs)}, ${attempts === 1 ? "1 attempt" : `${attempts} attempts`}`,
    `Answer: ${attempts === 0 ? "none yet" : formatOutcome(delivery)}`,
    ...(fault === null || delivery.status === null ? [] : [fault]),
    "",
    request,
    ...(answer ? ["", answer] : []),
  ].join("\n");
}

/** The end of a command that has sent something. */
export const endOf = (delivery: Api.WebhookDeliveryShown, nowMs: number): Result => ({
  text: formatDelivery(delivery, nowMs),
  json: delivery,
  ...(delivery.state === "delivered" ? {} : { ending: "failed" as const }),
});
