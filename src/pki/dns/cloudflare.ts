import type { Secret } from "../secret.ts";
import type { DnsWriter } from "./ports.ts";
import { listZoneNames } from "./zone-names.ts";

export interface CloudflareOptions {
  /** An API token. Of the zone it needs Zone Read and DNS Edit, and no more. */
  readonly token: Secret;
  /** Where its API is; tests have one of their own. */
  readonly api?: string;
  readonly sleep?: (ms: number) => Promise<void>;
}

const API = "https://api.cloudflare.com/client/v4";
/** The shortest that every plan may have. */
const TTL_S = 60;
const TIMEOUT_MS = 30_000;
const TRIES = 5;
/** Who is to wait longer is told so by an error: the order has a back-off of its own. */
const LONGEST_WAIT_MS = 60_000;
const PER_PAGE = 100;
/** "Record already exists" and "An identical record already exists". */
const ALREADY_THERE = new Set([81057, 81058]);

/** What every answer is wrapped in. */
interface Envelope {
  readonly success: boolean;
  readonly errors: readonly { readonly code: number; readonly message: string }[];
  readonly result: unknown;
  readonly result_info?: { readonly total_pages?: number };
}

interface Zone {
  readonly id: string;
}

interface TxtRecord {
  readonly id: string;
  readonly content: string;
}

/** Writes records by Cloudflare's API, version 4. Each value is a record of its own there. */
export function createCloudflare({ token, api = API, sleep = wait }: CloudflareOptions): DnsWriter {
  async function askOnce(method: string, path: string, body?: object): Promise<Response> {
    return await fetch(api + path, {
      method,
      headers: { Authorization: `Bearer ${token.reveal()}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }

  /** Every request may be repeated: adding what is there, and removing what is not, are no faults. */
  async function ask(method: string, path: string, body?: object): Promise<Envelope> {
    for (let tried = 1; ; tried++) {
      const response = await askOnce(method, path, body).catch((error: Error) => error);
      const waitMs = decideWait(response, tried);
      if (waitMs === undefined) return await readEnvelope(response);
      await sleep(waitMs);
    }
  }

  async function list<T>(path: string): Promise<T[]> {
    const found: T[] = [];
    for (let page = 1, pages = 1; page <= pages; page++) {
      const answer = await ask("GET", `${path}&per_page=${PER_PAGE}&page=${page}`);
      refuse(answer);
      found.push(...(answer.result as T[]));
      pages = answer.result_info?.total_pages ?? 1;
    }
    return found;
  }

  async function findZone(name: string): Promise<string> {
    for (const zone of listZoneNames(name)) {
      const [found] = await list<Zone>(`/zones?name=${encodeURIComponent(zone)}`);
      if (found) return found.id;
    }
    throw new Error(`Cloudflare shows this token no zone for ${name}. Is the zone there, and among the token's?`);
  }

  return {
    async present(name, value) {
      const zone = await findZone(name);
      const record = { type: "TXT", name, content: quote(value), ttl: TTL_S };
      const answer = await ask("POST", `/zones/${zone}/dns_records`, record);
      if (!answer.errors.some(({ code }) => ALREADY_THERE.has(code))) refuse(answer);
    },
    async remove(name, value) {
      const zone = await findZone(name);
      const records = await list<TxtRecord>(`/zones/${zone}/dns_records?type=TXT&name=${encodeURIComponent(name)}`);
      for (const { id } of records.filter(({ content }) => unquote(content) === value)) {
        refuse(await ask("DELETE", `/zones/${zone}/dns_records/${id}`));
      }
    },
  };
}

/** How long to wait before another try; undefined where this is the answer. */
function decideWait(response: Response | Error, tried: number): number | undefined {
  const isPassing = response instanceof Error || response.status === 429 || response.status >= 500;
  if (!isPassing || tried === TRIES) return undefined;
  const askedS = response instanceof Error ? Number.NaN : Number(response.headers.get("retry-after") ?? Number.NaN);
  const waitMs = Number.isNaN(askedS) ? 1000 * 2 ** (tried - 1) : askedS * 1000;
  return waitMs <= LONGEST_WAIT_MS ? waitMs : undefined;
}

async function readEnvelope(response: Response | Error): Promise<Envelope> {
  if (response instanceof Error) throw new Error(`Cloudflare's API cannot be reached: ${response.message}`);
  if (response.status === 429) throw new Error("Cloudflare answers 429: this token has sent too many requests");
  const answer = (await response.json().catch(() => undefined)) as Envelope | undefined;
  if (typeof answer?.success !== "boolean")
    throw new Error(`Cloudflare answers ${response.status} without an explanation`);
  return { ...answer, errors: answer.errors ?? [] };
}

/** Throws what Cloudflare says, where it did not do what it was asked for. */
function refuse({ success, errors }: Envelope): void {
  if (success) return;
  const reasons = errors.map(({ code, message }) => `${message} (${code})`).join(", ");
  throw new Error(`Cloudflare refuses: ${reasons}. The token needs Zone Read and DNS Edit for the zone`);
}

/** As a zone file has it (RFC 1035, section 5.1): what Cloudflare stores and shows. */
const quote = (value: string): string => `"${value}"`;
const unquote = (content: string): string => content.replace(/^"(.*)"$/, "$1");

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
