import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/**
 * A server that speaks the part of the Route 53 API (2013-04-01) that we use. It verifies each request's signature, and
 * holds changes to Amazon's rules: a batch is done whole or not at all, CREATE wants nothing there, DELETE the very set.
 */
export interface Route53Api extends AsyncDisposable {
  readonly url: string;
  /** TXT values at a name, over all zones, as zone files have them: quoted. */
  texts(name: string): string[];
  /** Puts a set there as somebody else would. */
  set(name: string, values: readonly string[]): void;
  /** Answers for the next requests, in order, instead of what they ask for. */
  readonly faults: Response[];
  /** Called before each change is done: whatever somebody else does in between. May answer instead. */
  beforeChange: () => Response | undefined;
  /** Each request as `GET /2013-04-01/hostedzonesbyname`. */
  readonly requests: string[];
}

export interface Route53Setting {
  readonly keyId: string;
  readonly secret: string;
  /** In the order of their names from the last label to the first, as Amazon lists them. */
  readonly zones: readonly { readonly id: string; readonly name: string; readonly isPrivate?: boolean }[];
  /** How many zones a page has. */
  readonly pageSize?: number;
  /** How often a change is said to be PENDING before it is INSYNC. */
  readonly pending?: number;
}

const API = "/2013-04-01";
const NAMESPACE = 'xmlns="https://route53.amazonaws.com/doc/2013-04-01/"';

interface RecordSet {
  readonly ttl: string;
  readonly values: readonly string[];
}

export function startRoute53(setting: Route53Setting): Route53Api {
  const { zones, pageSize = 100, pending = 1 } = setting;
  const sets = new Map<string, RecordSet>();
  const looks = new Map<string, number>();
  const requests: string[] = [];
  const faults: Response[] = [];

  function listZones(query: URLSearchParams): Response {
    const from = dotted(query.get("dnsname") ?? "");
    const sorted = zones.filter(({ name }) => reversed(dotted(name)) >= reversed(from));
    const start = query.has("hostedzoneid") ? sorted.findIndex(({ id }) => id === query.get("hostedzoneid")) : 0;
    const page = sorted.slice(start, start + pageSize);
    const next = sorted[start + pageSize];
    const listed = page.map(
      ({ id, name, isPrivate = false }) =>
        `<HostedZone><Id>/hostedzone/${id}</Id><Name>${dotted(name)}</Name><CallerReference>x</CallerReference>` +
        `<Config><PrivateZone>${isPrivate}</PrivateZone></Config></HostedZone>`,
    );
    const more = next
      ? `<NextDNSName>${dotted(next.name)}</NextDNSName><NextHostedZoneId>${next.id}</NextHostedZoneId>`
      : "";
    return xml(
      "ListHostedZonesByNameResponse",
      `<HostedZones>${listed.join("")}</HostedZones><IsTruncated>${next !== undefined}</IsTruncated>${more}<MaxItems>${pageSize}</MaxItems>`,
    );
  }

  /** Begins at the name that is asked for, and goes on with the next ones as Amazon does. */
  function listSets(query: URLSearchParams): Response {
    const from = reversed(dotted(query.get("name") ?? ""));
    if (query.get("type") !== "TXT") return refuse(400, "InvalidInput", "Only TXT records are here");
    const [found] = [...sets].filter(([name]) => reversed(name) >= from).toSorted(byName);
    const listed = found ? formatSet(found[0], found[1]) : "";
    return xml(
      "ListResourceRecordSetsResponse",
      `<ResourceRecordSets>${listed}</ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>1</MaxItems>`,
    );
  }

  function change(zone: string, body: string): Response {
    const next = new Map(sets);
    const changes = [...body.matchAll(/<Change>(.*?)<\/Change>/gs)].map(([, one]) => one!);
    if (changes.length === 0) return refuse(400, "InvalidInput", "There is no change");
    for (const one of changes) {
      const name = dotted(textOf(one, "Name"));
      const made = { ttl: textOf(one, "TTL"), values: valuesOf(one) };
      const current = next.get(name);
      if (textOf(one, "Type") !== "TXT" || !name.endsWith(`${zone}.`) || made.values.length === 0) {
        return refuse(400, "InvalidInput", "This is no set of TXT records of the zone");
      }
      if (textOf(one, "Action") === "CREATE") {
        if (current) return refuse(400, "InvalidChangeBatch", `[${name} already exists]`);
        next.set(name, made);
      } else if (textOf(one, "Action") === "DELETE") {
        const isSame = current && formatSet(name, current) === formatSet(name, made);
        if (!isSame) return refuse(400, "InvalidChangeBatch", `[${name} was not found, or is another by now]`);
        next.delete(name);
      } else return refuse(400, "InvalidInput", "Actions are CREATE and DELETE");
    }
    sets.clear();
    for (const [name, set] of next) sets.set(name, set);
    const id = `C${looks.size + 1}`;
    looks.set(id, 0);
    return xml("ChangeResourceRecordSetsResponse", formatChange(id, "PENDING"));
  }

  function getChange(id: string): Response {
    const looked = looks.get(id);
    if (looked === undefined) return refuse(404, "NoSuchChange", `${id} is not there`);
    looks.set(id, looked + 1);
    return xml("GetChangeResponse", formatChange(id, looked < pending ? "PENDING" : "INSYNC"));
  }

  async function answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    requests.push(`${request.method} ${pathname}`);
    const fault = faults.shift();
    if (fault) return fault;
    const body = await request.text();
    const reason = findFault(request, body, setting);
    if (reason !== undefined) return refuse(403, "SignatureDoesNotMatch", reason);
    if (request.method === "GET" && pathname === `${API}/hostedzonesbyname`) return listZones(searchParams);
    const [, changeId] = /^\/2013-04-01\/change\/(\w+)$/.exec(pathname) ?? [];
    if (request.method === "GET" && changeId !== undefined) return getChange(changeId);
    const [, zoneId] = /^\/2013-04-01\/hostedzone\/(\w+)\/rrset\/?$/.exec(pathname) ?? [];
    const zone = zones.find(({ id }) => id === zoneId);
    if (!zone) return refuse(404, "NoSuchHostedZone", `No hosted zone found with ID: ${zoneId}`);
    if (request.method === "GET") return listSets(searchParams);
    return api.beforeChange() ?? change(zone.name, body);
  }

  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  const api: Route53Api = {
    url: `http://127.0.0.1:${server.port}`,
    requests,
    faults,
    beforeChange: () => undefined,
    texts: (name) => [...(sets.get(dotted(name))?.values ?? [])],
    set: (name, values) => void sets.set(dotted(name), { ttl: "300", values }),
    [Symbol.asyncDispose]: async () => await server.stop(true),
  };
  return api;
}

/** Why a request's signature (AWS Signature Version 4) is not ours, or undefined. */
function findFault(request: Request, body: string, { keyId, secret }: Route53Setting): string | undefined {
  const header = request.headers.get("authorization") ?? "";
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8}\/us-east-1\/route53\/aws4_request), SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/;
  const [, id, scope = "", signed = "", signature = ""] = pattern.exec(header) ?? [];
  if (id !== keyId) return "The security token included in the request is invalid";
  const names = signed.split(";");
  if (!names.includes("host") || !names.includes("x-amz-date")) return "host and x-amz-date must be signed";
  const { pathname, searchParams } = new URL(request.url);
  const query = [...searchParams].map((pair) => pair.map(encodeURIComponent).join("=")).toSorted();
  const headers = names.map((name) => `${name}:${request.headers.get(name)?.trim()}\n`).join("");
  const canonical = [request.method, pathname, query.join("&"), headers, signed, sha256(body)].join("\n");
  const date = request.headers.get("x-amz-date")!;
  const toSign = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n");
  const key = scope.split("/").reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${secret}`);
  return timingSafeEqual(hmac(key, toSign), Buffer.from(signature, "hex"))
    ? undefined
    : "The request signature we calculated does not match the signature you provided";
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

const dotted = (name: string): string => (name.endsWith(".") ? name : `${name}.`);
const reversed = (name: string): string => name.split(".").toReversed().join(".");
const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  reversed(a).localeCompare(reversed(b));

const textOf = (text: string, tag: string): string => unescape(new RegExp(`<${tag}>(.*?)</${tag}>`).exec(text)?.[1]);
const valuesOf = (text: string): string[] =>
  [...text.matchAll(/<ResourceRecord><Value>(.*?)<\/Value><\/ResourceRecord>/g)].map(([, value]) => unescape(value));

const unescape = (text = ""): string => text.replaceAll("&quot;", '"').replaceAll("&amp;", "&");
const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

function formatSet(name: string, { ttl, values }: RecordSet): string {
  const records = values.map((value) => `<ResourceRecord><Value>${escape(value)}</Value></ResourceRecord>`).join("");
  return `<ResourceRecordSet><Name>${name}</Name><Type>TXT</Type><TTL>${ttl}</TTL><ResourceRecords>${records}</ResourceRecords></ResourceRecordSet>`;
}

const formatChange = (id: string, status: string): string =>
  `<ChangeInfo><Id>/change/${id}</Id><Status>${status}</Status><SubmittedAt>2026-01-01T00:00:00Z</SubmittedAt></ChangeInfo>`;

const xml = (root: string, content: string, status = 200): Response =>
  new Response(`<?xml version="1.0"?><${root} ${NAMESPACE}>${content}</${root}>`, {
    status,
    headers: { "Content-Type": "text/xml" },
  });

/** An error as Amazon words it. */
export function refuse(status: number, code: string, message: string): Response {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  return xml("ErrorResponse", `${error}<RequestId>r</RequestId>`, status);
}
