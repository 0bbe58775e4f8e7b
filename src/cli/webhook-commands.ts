import { WEBHOOK_EVENTS, WEBHOOK_FORMATS } from "#model";
import type { CommandSpec } from "./command-spec.ts";
import { parseSpan, parseWhole } from "./option-values.ts";

const events = {
  flags: "--event <event...>",
  doc: `Of these alone: ${WEBHOOK_EVENTS.join(", ")}; or * for all`,
};

/** The commands about webhooks: part of the table of all. A webhook is named by its id, or by where it goes. */
export const WEBHOOK_COMMANDS: readonly CommandSpec[] = [
  {
    usage: "webhook add [url]",
    group: "Team",
    summary: "Have what happens in the workspace told to a receiver of yours, or a chat",
    details:
      "What signatures are made with is printed once. The URL of a chat is a key to it: rather than on the command line, give " +
      "it in SITEPOD_WEBHOOK_URL. Where a Feishu bot checks signatures, its secret is SITEPOD_WEBHOOK_SECRET.",
    options: [
      { flags: "--format <format>", doc: "What the receiver takes", choices: WEBHOOK_FORMATS, default: "json" },
      events,
      { flags: "-n, --name <site>", doc: "Of one site alone" },
    ],
    examples: [
      "sitepod webhook add https://example.com/hook",
      "sitepod webhook add https://example.com/hook --event environment.released environment.rolled_back",
      "SITEPOD_WEBHOOK_URL=https://hooks.slack.com/services/… sitepod webhook add --format slack",
    ],
    load: () => import("./commands/webhook-add.ts"),
  },
  {
    usage: "webhook list",
    group: "Team",
    summary: "List the workspace's webhooks",
    options: [],
    examples: ["sitepod webhook list"],
    load: () => import("./commands/webhook-list.ts"),
  },
  {
    usage: "webhook change <webhook>",
    group: "Team",
    summary: "Change what a webhook is told, where it goes, or whether",
    details: "The server disables a webhook of which nothing has arrived for days; --on has it told again.",
    options: [
      { flags: "--url <url>", doc: "Where it goes from now on (SITEPOD_WEBHOOK_URL)" },
      events,
      { flags: "-n, --name <site>", doc: "Of one site alone" },
      { flags: "--all-sites", doc: "Of all sites of the workspace" },
      { flags: "--on", doc: "It is told" },
      { flags: "--off", doc: "It is told nothing, also not what was still to be sent" },
    ],
    examples: [
      "sitepod webhook change wh_0123456789abcdef --on",
      "sitepod webhook change https://example.com/hook --off",
    ],
    load: () => import("./commands/webhook-change.ts"),
  },
  {
    usage: "webhook rotate-secret <webhook>",
    group: "Team",
    summary: "Replace what a webhook's messages are signed with; for a time they bear both signatures",
    details:
      "The new secret is printed once. For a day, or as long as --old-for says, messages are signed by the secret before, too: a " +
      "receiver that takes any signature that is right misses nothing meanwhile. Where a Feishu bot checks signatures, make its " +
      "new secret there and give it in SITEPOD_WEBHOOK_SECRET; it counts at once. Slack and Discord have no secret but the URL.",
    options: [
      {
        flags: "--old-for <span>",
        doc: "How long the secrets before are good: 24h, 7d or seconds; 0: no longer",
        parse: parseSpan,
      },
    ],
    examples: [
      "sitepod webhook rotate-secret https://example.com/hook",
      "sitepod webhook rotate-secret wh_0123456789abcdef --old-for 0",
    ],
    load: () => import("./commands/webhook-rotate-secret.ts"),
  },
  {
    usage: "webhook remove <webhook>",
    group: "Team",
    summary: "Remove a webhook, with the log of what was sent to it",
    options: [],
    examples: ["sitepod webhook remove https://example.com/hook"],
    load: () => import("./commands/webhook-remove.ts"),
  },
  {
    usage: "webhook test <webhook>",
    group: "Team",
    summary: "Send a test message, and tell what was answered",
    options: [],
    examples: ["sitepod webhook test https://example.com/hook"],
    load: () => import("./commands/webhook-test.ts"),
  },
  {
    usage: "webhook deliveries <webhook> [delivery]",
    group: "Team",
    summary: "List what was and is to be sent to a webhook, or show one of that with its answer",
    options: [
      { flags: "--limit <number>", doc: "How many", default: 20, parse: parseWhole(1, 200) },
      { flags: "--state <state>", doc: "Only these", choices: ["pending", "delivered", "failed"] },
    ],
    examples: [
      "sitepod webhook deliveries https://example.com/hook --state failed",
      "sitepod webhook deliveries wh_0123456789abcdef msg_0123456789abcdef01234567",
    ],
    load: () => import("./commands/webhook-deliveries.ts"),
  },
  {
    usage: "webhook redeliver <webhook> <delivery>",
    group: "Team",
    summary: "Send a delivery again now, and tell what was answered",
    options: [],
    examples: ["sitepod webhook redeliver wh_0123456789abcdef msg_0123456789abcdef01234567"],
    load: () => import("./commands/webhook-redeliver.ts"),
  },
];
