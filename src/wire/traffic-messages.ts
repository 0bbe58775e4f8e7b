import { SHOWN_AS, type TrafficRange, TRAFFIC_RANGES } from "#model";
import { z } from "zod";
import { bytes, isoTime } from "./fields.ts";

/** The messages about what sites are asked for. */
const shownAs = z.enum(SHOWN_AS);
const range = z.enum(Object.keys(TRAFFIC_RANGES) as [TrafficRange]);
const requests = z.int().min(0);

export const trafficQuery = z.object({
  range: range.default("day").meta({ description: "hour: by minutes; day: by hours; month: 30 days of UTC" }),
  environment: shownAs.optional().meta({
    description: "Only what was asked for there; preview: at previews, release: at addresses of releases. Default: all",
  }),
});

export const trafficFigures = z.object({
  requests,
  bytes: bytes.meta({ description: "Bytes of files, counted when they begin to be sent" }),
  answers: z.object({ "2xx": requests, "3xx": requests, "4xx": requests, "5xx": requests }),
  not_modified: requests.meta({ description: "Answered by 304, from the visitor's cache: part of 3xx" }),
});

const paths = z.array(z.object({ path: z.string(), requests }));

export const traffic = z.object({
  project: z.string(),
  range,
  environment: shownAs.nullable(),
  environments: z
    .array(z.object({ environment: shownAs, requests }))
    .meta({ description: "How many requests there were of each in that time" }),
  step_seconds: z.int().meta({ description: "How much time a point stands for" }),
  total: trafficFigures,
  points: z
    .array(trafficFigures.extend({ at: isoTime }))
    .meta({ description: "By when their time began, the earliest first. That of the last one is not over" }),
  paths: paths.meta({ description: "Asked for most of what there was, without query; each so often at least" }),
  missing_paths: paths.meta({ description: "The same of what was answered by 404" }),
});

export type TrafficFigures = z.infer<typeof trafficFigures>;
export type Traffic = z.infer<typeof traffic>;
