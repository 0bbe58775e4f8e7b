import { isCount, parseJsonObject } from "./ref.ts";
import { parseSiteName } from "./site.ts";
import {
  type Figures,
  MAX_PATHS,
  MAX_TRAFFIC_PATH_LENGTH,
  type PathRequests,
  SHOWN_AS,
  type ShownAs,
} from "./traffic.ts";

/** What was counted of a site under one of its addresses. */
export interface SiteFigures {
  /** The site's label when it was asked for. */
  readonly label: string;
  readonly shownAs: ShownAs;
  /** When the first of it was counted. Milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly figures: Figures;
}

/** What edges have counted within a minute. Written once, and removed once the control plane has added it up. */
export interface TrafficReport {
  /** Milliseconds since the epoch. */
  readonly countedMs: number;
  readonly sites: readonly SiteFigures[];
}

export const TRAFFIC_FOLDER = "traffic/";
export const trafficReportKey = (id: string): string => `${TRAFFIC_FOLDER}${id}.json`;

/** A report that holds more is written as several. */
const MAX_REPORT_LENGTH = 4 * 1024 * 1024;
/** No report's file is larger: a character takes three bytes at most. */
export const MAX_REPORT_BYTES = 3 * MAX_REPORT_LENGTH;

/** A report whose answer was lost is written again for so long, and known for longer once it has been added up. */
export const REPORT_WAITS_MS = 12 * 60 * 60 * 1000;
export const REPORT_KNOWN_MS = 2 * REPORT_WAITS_MS;

/** Writes a report's files: one, several where it is large, none where nothing was counted. */
export function formatTrafficReport({ countedMs, sites }: TrafficReport): string[] {
  const head = `{"countedMs":${countedMs},"sites":[`;
  const tail = "]}\n";
  const files: string[] = [];
  let entries: string[] = [];
  let length = 0;
  const end = () => {
    if (entries.length > 0) files.push(`${head}${entries.join(",")}${tail}`);
    [entries, length] = [[], head.length + tail.length];
  };
  end();
  for (const site of sites) {
    const entry = JSON.stringify(site);
    if (length + entry.length >= MAX_REPORT_LENGTH) end();
    entries.push(entry);
    length += entry.length + 1;
  }
  end();
  return files;
}

/** Reads a report's file. Undefined where the text is not one. */
export function parseTrafficReport(text: string): TrafficReport | undefined {
  const value = parseJsonObject(text);
  const sites = value?.["sites"];
  const isReport = isAmount(value?.["countedMs"]) && Array.isArray(sites) && sites.every(isSiteFigures);
  return isReport ? (value as unknown as TrafficReport) : undefined;
}

/** Reads figures as the database keeps them. Undefined where the text is not that. */
export function parseFigures(text: string): Figures | undefined {
  const value = parseJsonObject(text);
  return isFigures(value) ? value : undefined;
}

function isSiteFigures(value: unknown): value is SiteFigures {
  if (!isObject(value)) return false;
  const { label, shownAs, sinceMs, figures } = value;
  const isVisited = typeof label === "string" && parseSiteName(label).ok && SHOWN_AS.includes(shownAs as ShownAs);
  return isVisited && isAmount(sinceMs) && isFigures(figures);
}

function isFigures(value: unknown): value is Figures {
  if (!isObject(value)) return false;
  const { answers, notModified, bytes, paths, missing } = value;
  const areAnswers = Array.isArray(answers) && answers.length === 4 && answers.every(isAmount);
  return areAnswers && isAmount(notModified) && isAmount(bytes) && arePaths(paths) && arePaths(missing);
}

const arePaths = (value: unknown): value is readonly PathRequests[] =>
  Array.isArray(value) &&
  value.length <= MAX_PATHS &&
  value.every(
    (each) =>
      Array.isArray(each) &&
      typeof each[0] === "string" &&
      each[0].length <= MAX_TRAFFIC_PATH_LENGTH &&
      isCount(each[1]),
  );

const isAmount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
