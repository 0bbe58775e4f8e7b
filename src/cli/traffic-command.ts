import { SHOWN_AS, TRAFFIC_RANGES } from "#model";
import type { CommandSpec } from "./command-spec.ts";
import { environment, site } from "./option-specs.ts";

/** The command about what a site is asked for: part of the table of all. */
export const TRAFFIC_COMMAND: CommandSpec = {
  usage: "traffic [site]",
  group: "Look",
  summary: "Show what the site was asked for",
  details:
    "Requests, bytes, answers, the paths asked for most and those that were not there, as the server's edges counted them. What " +
    "was asked for in the last minute may still be missing. Times are UTC.",
  options: [
    { flags: "--range <range>", doc: "How far back", choices: Object.keys(TRAFFIC_RANGES), default: "day" },
    environment({
      doc: "What was asked for there alone: all previews, and all releases' addresses, are one",
      choices: SHOWN_AS,
    }),
    site,
  ],
  examples: ["sitepod traffic", "sitepod traffic my-site --range month --env prod"],
  load: () => import("./commands/traffic.ts"),
};
