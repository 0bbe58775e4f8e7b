import { z } from "zod";

/** A server that speaks the part of Cloudflare's API that we use, and refuses whatever is not exactly of it. */
export interface CloudflareApi extends AsyncDisposable {
  readonly url: string;
  /** TXT contents by name, over all zones, as Cloudflare stores them: quoted. */
  texts(name: string): string[];
  /** Adds a record as somebody else would. */
  add(zone: string, name: string, content: string): void;
  /** Answers for the next requests, in order, instead of what they ask for. */
  readonly faults: Response[];
  /** Each request as `GET /zones?name=a.test`. */
  readonly requests: string[];
}

export interface CloudflareSetting {
  readonly token: string;
  readonly zones: readonly string[];
  /** How many records or zones a page has at most, whatever is asked for. */
  readonly pageSize?: number;
}

const newRecord = z.strictObject({
  type: z.literal("TXT"),
  name: z.string().regex(/^[a-z0-9_.-]+$/),
  content: z.string().regex(/^"[^"]+"$/),
  ttl: z.number().int().min(60).max(86_400),
});

interface StoredRecord {
  readonly id: string;
  readonly zone: string;
  readonly name: string;
  readonly content: string;
}

export function startCloudflare({ token, zones, pageSize = 100 }: CloudflareSetting): CloudflareApi {
  const records = new Map<string, StoredRecord>();
  const requests: string[] = [];
  const faults: Response[] = [];
  let lastId = 0;

  function store(zone: string, name: string, content: string): StoredRecord {
    const record = { id: `record${++lastId}`, zone, name, content };
    records.set(record.id, record);
    return record;
  }

  function page(all: readonly object[], query: URLSearchParams): Response {
    const size = Math.min(Number(query.get("per_page") ?? 20), pageSize);
    const at = Number(query.get("page") ?? 1);
    const total_pages = Math.ceil(all.length / size);
    const result_info = { page: at, per_page: size, total_count: all.length, total_pages };
    return succeed(all.slice((at - 1) * size, at * size), result_info);
  }

  async function answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    requests.push(`${request.method} ${pathname}`);
    const fault = faults.shift();
    if (fault) return fault;
    if (request.headers.get("authorization") !== `Bearer ${token}`) return refuse(401, 10_000, "Authentication error");
    if (request.method === "GET" && pathname === "/zones") {
      const found = zones.filter((name) => name === searchParams.get("name"));
      return page(
        found.map((name) => ({ id: `id-of-${name}`, name, status: "active" })),
        searchParams,
      );
    }
    const [, zoneId, recordId] = /^\/zones\/([^/]+)\/dns_records(?:\/([^/]+))?$/.exec(pathname) ?? [];
    const zone = zones.find((name) => `id-of-${name}` === zoneId);
    if (zone === undefined) return refuse(404, 7003, "Could not route to the object");
    if (request.method === "GET" && recordId === undefined) {
      if (searchParams.get("type") !== "TXT") return refuse(400, 1004, "Only TXT records are here");
      const found = [...records.values()].filter((one) => one.zone === zone && one.name === searchParams.get("name"));
      return page(found, searchParams);
    }
    if (request.method === "POST" && recordId === undefined) return await create(zone, request);
    if (request.method === "DELETE" && recordId !== undefined) {
      return records.delete(recordId) ? succeed({ id: recordId }) : refuse(404, 81_044, "Record does not exist");
    }
    return refuse(405, 7001, "Method not allowed");
  }

  async function create(zone: string, request: Request): Promise<Response> {
    const body = newRecord.safeParse(await request.json());
    if (!body.success) return refuse(400, 1004, z.prettifyError(body.error));
    const { name, content } = body.data;
    if (name !== zone && !name.endsWith(`.${zone}`)) return refuse(400, 1004, "The name is not of this zone");
    const isThere = [...records.values()].some((one) => one.name === name && one.content === content);
    if (isThere) return refuse(400, 81_058, "An identical record already exists.");
    return succeed(store(zone, name, content));
  }

  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  return {
    url: `http://127.0.0.1:${server.port}`,
    requests,
    faults,
    texts: (name) => [...records.values()].filter((one) => one.name === name).map(({ content }) => content),
    add: (zone, name, content) => void store(zone, name, content),
    [Symbol.asyncDispose]: async () => await server.stop(true),
  };
}

const succeed = (result: unknown, result_info?: object): Response =>
  Response.json({ success: true, errors: [], messages: [], result, ...(result_info ? { result_info } : {}) });

const refuse = (status: number, code: number, message: string): Response =>
  Response.json({ success: false, errors: [{ code, message }], messages: [], result: null }, { status });
