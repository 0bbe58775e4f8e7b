import { MAX_REPORT_BYTES, parseTrafficReport, TRAFFIC_FOLDER, trafficReportKey } from "#model";
import type { Documents } from "#store";

/** Where edges that can write nothing themselves hand over their reports: the id of one follows. */
export const REPORTS_PATH = "/edge/traffic/";
const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;
const TIMEOUT_MS = 10_000;

/** Keeps a report, unless it is there. */
export type TakeReport = Documents["create"];

/** Answers an edge that hands over a report, which has shown who it is. No more is read of it than the largest has. */
export async function takeReport(request: Request, take: TakeReport): Promise<Response> {
  const id = new URL(request.url).pathname.slice(REPORTS_PATH.length);
  if (!ID.test(id)) return new Response("That is no report.\n", { status: 400 });
  const text = await readText(request);
  if (text === undefined) return new Response("That is too large for a report.\n", { status: 413 });
  if (!parseTrafficReport(text)) return new Response("That is no report.\n", { status: 400 });
  try {
    await take(trafficReportKey(id), text);
    return new Response(null, { status: 204 });
  } catch {
    return new Response("The store takes nothing now.\n", { status: 503 });
  }
}

/** Undefined where the body is larger than a report: the rest of it is not read. */
async function readText({ headers, body }: Request): Promise<string | undefined> {
  if (Number(headers.get("content-length")) > MAX_REPORT_BYTES) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_REPORT_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
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
