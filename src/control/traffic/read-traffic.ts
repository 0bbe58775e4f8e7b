import {
  addFigures,
  type Figures,
  NO_FIGURES,
  parseFigures,
  requestsOf,
  SHOWN_AS,
  type ShownAs,
  SPAN_MS,
  startsOf,
  TRAFFIC_RANGES,
  type TrafficRange,
} from "#model";
import type { Api } from "#wire";
import type { Context } from "../context.ts";
import type { Site } from "../release/sites.ts";

/** Tells what was answered of a site over a range of time: all, or under one kind of its addresses alone. */
export async function readTraffic(
  context: Context,
  site: Site,
  range: TrafficRange,
  environment: ShownAs | undefined,
): Promise<Api.Traffic> {
  const { span } = TRAFFIC_RANGES[range];
  const starts = startsOf(range, context.nowMs()).map((ms) => new Date(ms).toISOString());
  const rows = await context.db.query
    .selectFrom("traffic")
    .where("site_id", "=", site.id)
    .where("span", "=", span)
    .where("at", ">=", starts[0]!)
    .select(["at", "shown_as", "figures"])
    .execute();
  const byStart = new Map<string, Figures>();
  const requests = new Map<ShownAs, number>();
  for (const { at, shown_as: shownAs, figures: text } of rows) {
    const figures = parseFigures(text) ?? NO_FIGURES;
    requests.set(shownAs, (requests.get(shownAs) ?? 0) + requestsOf(figures));
    if (environment !== undefined && environment !== shownAs) continue;
    byStart.set(at, addFigures(byStart.get(at) ?? NO_FIGURES, figures));
  }
  const points = starts.map((at) => ({ at, figures: byStart.get(at) ?? NO_FIGURES }));
  const total = points.reduce((sum, { figures }) => addFigures(sum, figures), NO_FIGURES);
  return {
    project: site.name,
    range,
    environment: environment ?? null,
    environments: SHOWN_AS.map((each) => ({ environment: each, requests: requests.get(each) ?? 0 })),
    step_seconds: SPAN_MS[span] / 1000,
    total: describe(total),
    points: points.map(({ at, figures }) => ({ at, ...describe(figures) })),
    paths: describePaths(total.paths),
    missing_paths: describePaths(total.missing),
  };
}

function describe(figures: Figures): Api.TrafficFigures {
  const [ok, redirected, refused, failed] = figures.answers;
  return {
    requests: requestsOf(figures),
    bytes: figures.bytes,
    answers: { "2xx": ok, "3xx": redirected, "4xx": refused, "5xx": failed },
    not_modified: figures.notModified,
  };
}

const describePaths = (paths: Figures["paths"]) => paths.map(([path, requests]) => ({ path, requests }));
