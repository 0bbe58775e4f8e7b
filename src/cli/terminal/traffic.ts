import type { Api } from "#wire";
import { formatBytes, formatCount } from "./format.ts";
import type { Paint } from "./paint.ts";
import { type Column, formatTable } from "./table.ts";

/** Minutes are told five at a time: sixty rows are no overview. */
const ROW_MINUTES = 5;
const BAR_WIDTH = 24;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const MAX_SHOWN_PATHS = 10;
const NAMES = { hour: "hour", day: "day", month: "30 days" } as const;

interface Row {
  readonly at: string;
  readonly figures: readonly Api.TrafficFigures[];
}

/** Writes what a site was asked for, for people: how it went on, what was asked for most, what was not there. */
export function formatTraffic(traffic: Api.Traffic, paint: Paint): string {
  const { project, environment, range, total, paths, missing_paths: missing } = traffic;
  const what = environment === null ? project : `${project} (${environment})`;
  if (total.requests === 0)
    return `Nobody asked for anything of ${what} in the last ${NAMES[range]}. Requests are shown a minute after they are answered.`;
  const cached = Math.round((total.not_modified / total.requests) * 100);
  const head =
    `${paint.bold(what)}: ${formatCount(total.requests, "request")} in the last ${NAMES[range]}, ${formatBytes(total.bytes)} sent, ` +
    `${cached} % known to the visitor already`;
  return [
    head,
    formatRows(traffic, paint),
    ...(paths.length > 0 ? [formatPaths("ASKED FOR MOST", paths, paint.bold)] : []),
    ...(missing.length > 0 ? [formatPaths("NOT THERE", missing, paint.yellow)] : []),
  ].join("\n\n");
}

function formatRows({ points, range }: Api.Traffic, paint: Paint): string {
  const size = range === "hour" ? ROW_MINUTES : 1;
  const rows: Row[] = [];
  for (let from = 0; from < points.length; from += size) {
    rows.push({ at: points[from]!.at, figures: points.slice(from, from + size) });
  }
  const sum = (row: Row, of: (figures: Api.TrafficFigures) => number) =>
    row.figures.reduce((total, figures) => total + of(figures), 0);
  const requests = rows.map((row) => sum(row, (figures) => figures.requests));
  const most = Math.max(...requests);
  const count = (value: number) => (value === 0 ? "" : value.toLocaleString("en-US"));
  const columns: Column[] = [
    { title: "UTC", paint: paint.dim },
    { title: "REQUESTS", align: "right", paint: paint.bold },
    { title: "", paint: paint.green },
    { title: "SENT", align: "right" },
    { title: "4XX", align: "right", paint: paint.yellow },
    { title: "5XX", align: "right", paint: paint.red },
  ];
  return formatTable(
    columns,
    rows.map((row, i) => [
      range === "month" ? row.at.slice(0, 10) : row.at.slice(11, 16),
      count(requests[i]!),
      bar(requests[i]! / most).padEnd(BAR_WIDTH),
      requests[i] === 0 ? "" : formatBytes(sum(row, (figures) => figures.bytes)),
      count(sum(row, (figures) => figures.answers["4xx"])),
      count(sum(row, (figures) => figures.answers["5xx"])),
    ]),
  );
}

const formatPaths = (title: string, paths: Api.Traffic["paths"], paint: (text: string) => string): string =>
  formatTable(
    [
      { title: "REQUESTS", align: "right" },
      { title, paint },
    ],
    paths.slice(0, MAX_SHOWN_PATHS).map(({ path, requests }) => [requests.toLocaleString("en-US"), path]),
  );

/** As many blocks as the share is of the width; anything is at least an eighth of one. */
function bar(share: number): string {
  const eighths = share === 0 ? 0 : Math.max(1, Math.round(share * BAR_WIDTH * 8));
  return "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
}
