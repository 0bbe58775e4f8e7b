import { type Option, parseCount } from "./option.ts";

/** The option of counting what sites are asked for: part of the table of all. */
export const TRAFFIC_OPTIONS = {
  trafficEvery: {
    flag: "traffic-every",
    env: "SITEPOD_TRAFFIC_EVERY",
    kind: "count",
    fallback: "60",
    doc: "How often what sites were asked for is written down, in seconds up to 60; 0: it is not counted",
  },
} as const satisfies Record<string, Option>;

export const parseTrafficEvery = (text: string): number | undefined => parseCount(text, 60);

export const TRAFFIC_EVERY_EXPECTED = "a number of seconds up to 60";
