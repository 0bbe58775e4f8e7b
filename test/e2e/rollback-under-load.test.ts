import { expect, test } from "bun:test";
import { register } from "../harness/account.ts";
import { contentOf, deployClient, type SiteFiles } from "../harness/deploy-client.ts";
import { type Server, startServer } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";

const ROLLBACKS = 200;
const READERS = 32;
const MEDIAN_LIMIT_MS = 10;

/** One file that is served from memory and one that is streamed from the disk, of another length in each version. */
const versions: readonly SiteFiles[] = [
  { "index.html": `<h1>one</h1>${"1".repeat(3000)}`, "film.bin": "one ".repeat(25_000) },
  { "index.html": `<h1>two</h1>${"2".repeat(4000)}`, "film.bin": "two ".repeat(30_000) },
];
const paths = ["/", "/film.bin"];
const fileOf = (path: string) => (path === "/" ? "index.html" : path.slice(1));

/** What a whole response to a path may be: ETag → body. */
type Whole = ReadonlyMap<string, string>;

async function learnVersions(server: Server, path: string): Promise<Whole> {
  const whole = new Map<string, string>();
  for (const [i, files] of versions.entries()) {
    const response = await fetchHost(server, `shop--v${i + 1}.${server.domain}`, path);
    const body = await response.text();
    expect(body).toBe(new TextDecoder().decode(contentOf(files, fileOf(path))));
    whole.set(response.headers.get("ETag") ?? "", body);
  }
  expect(whole.size).toBe(versions.length);
  return whole;
}

/** Says what is wrong with a response, or nothing. */
async function findFault(response: Response, whole: Whole): Promise<string | undefined> {
  const body = await response.text();
  const etag = response.headers.get("ETag") ?? "none";
  const expected = whole.get(etag);
  if (response.status !== 200) return `status ${response.status}`;
  if (expected === undefined) return `unknown ETag ${etag}`;
  if (response.headers.get("Content-Length") !== String(expected.length)) return "the length of another version";
  return body === expected ? undefined : `a body that is not its ETag's: ${body.slice(0, 20)}, ${body.length} bytes`;
}

test(`${ROLLBACKS} rollbacks under ${READERS} readers: every response is one version, and a move takes under ${MEDIAN_LIMIT_MS} ms`, async () => {
  await using server = await startServer();
  const { token } = await register(server.url);
  const client = deployClient({ endpoint: server.url, token });
  for (const files of versions) await client.deploy("shop", files, "prod");
  const host = `shop.${server.domain}`;
  const whole = new Map<string, Whole>();
  for (const path of paths) whole.set(path, await learnVersions(server, path));

  const faults: string[] = [];
  const seen = new Map<string, number>();
  const end = new AbortController();
  const read = async (reader: number) => {
    for (let turn = reader; !end.signal.aborted; turn++) {
      const path = paths[turn % paths.length]!;
      const response = await fetchHost(server, host, path);
      const etag = `${path} ${response.headers.get("ETag")}`;
      seen.set(etag, (seen.get(etag) ?? 0) + 1);
      const fault = await findFault(response, whole.get(path)!);
      if (fault) faults.push(`${path}: ${fault}`);
    }
  };
  const readers = Array.from({ length: READERS }, (_, reader) => read(reader));

  const tookMs: number[] = [];
  try {
    for (let i = 0; i < ROLLBACKS; i++) {
      const version = (i % 2) + 1;
      const answer = await client.rollback("shop", "prod", { version: `v${version}` });
      expect(answer).toMatchObject({ version: `v${version}`, pointer_version: i + 3 });
      tookMs.push(answer.duration_ms);
      const [etag] = [...whole.get("/")!.keys()].slice(version - 1);
      expect((await fetchHost(server, host, "/")).headers.get("ETag")).toBe(etag ?? "");
    }
  } finally {
    end.abort();
    await Promise.all(readers);
  }

  const medianMs = tookMs.toSorted((a, b) => a - b)[ROLLBACKS / 2]!;
  const responses = [...seen.values()].reduce((total, count) => total + count, 0);
  process.stdout.write(`median rollback ${medianMs.toFixed(2)} ms, ${responses} responses read meanwhile\n`);
  expect(faults).toEqual([]);
  expect(seen.size).toBe(paths.length * versions.length);
  expect(responses).toBeGreaterThan(ROLLBACKS * 10);
  expect(medianMs).toBeLessThan(MEDIAN_LIMIT_MS);
});
