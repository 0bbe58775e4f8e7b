import { parseTrafficReport, TRAFFIC_FOLDER, trafficReportKey } from "#model";
import type { Documents } from "#store";

/** Where edges that can write nothing themselves hand over their reports: the id of one follows. */
export const REPORTS_PATH = "/edge/traffic/";
const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;
const TIMEOUT_MS = 10_000;

/** Keeps a report, unless it is there. */
export type TakeReport = Documents["create"];

/** Answers an edge that hands over a report, which has shown who it is. */
export async function takeReport(request: Request, take: TakeReport): Promise<Response> {
  const id = new URL(request.url).pathname.slice(REPORTS_PATH.length);
  const text = await request.text();
  if (!ID.test(id) || !parseTrafficReport(text)) return new Response("That is no report.\n", { status: 400 });
  try {
    await take(trafficReportKey(id), text);
    return new Response(null, { status: 204 });
  } catch {
    return new Response("The store takes nothing now.\n", { status: 503 });
  }
}

export interface HandOverOptions {
  /** The origin of a control plane. */
  readonly findOrigin: () => string;
  /** The base domain: a control plane answers at no other name. */
  readonly domain: string;
  /** What the edge proves by who it is; undefined where no control plane has made it yet. */
  readonly readKey: () => Promise<string | undefined>;
}

/** The edge's end: as if it could create documents, by a control plane. */
export const handOverReports = ({ findOrigin, domain, readKey }: HandOverOptions): Pick<Documents, "create"> => ({
  async create(key, text) {
    const id = key.slice(TRAFFIC_FOLDER.length, -".json".length);
    const { status } = await fetch(`${findOrigin()}${REPORTS_PATH}${id}`, {
      method: "POST",
      body: text,
      headers: { host: domain, authorization: `Bearer ${(await readKey()) ?? ""}` },
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (status !== 204) throw new Error(`The control plane takes no report of traffic: it answered ${status}`);
    return true;
  },
});
