import { afterAll, describe, expect, test } from "bun:test";
import type { Api } from "#wire";
import { register } from "../harness/account.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { findContradiction, type Operation } from "../harness/linearizability.ts";
import { type PointerCall, pointerModel, runPointerClient } from "../harness/pointer-history.ts";
import { postgresIsMissing, startPostgres } from "../harness/postgres.ts";
import { type Server, type ServerOptions, startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { newBucket } from "../lab/new-bucket.ts";
import { startS3Lab } from "../lab/s3-lab.ts";

const CLIENTS = 6;
const OPERATIONS = Number(process.env["SITEPOD_POINTER_OPERATIONS"] ?? 40);
const seed = Number(process.env["SITEPOD_POINTER_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
const VERSIONS = ["v1", "v2", "v3"];

const lab = await startS3Lab();
afterAll(() => lab.stop());

const places = [
  { name: "a disk and SQLite", inBucket: false, inPostgres: false, servers: 1 },
  { name: "a bucket and SQLite", inBucket: true, inPostgres: false, servers: 1 },
  { name: "a disk and PostgreSQL", inBucket: false, inPostgres: true, servers: 1 },
  { name: "a bucket and PostgreSQL, at two control planes", inBucket: true, inPostgres: true, servers: 2 },
];

/** Where servers keep contents and records, as their environment. */
async function environmentOf({ inBucket, inPostgres }: (typeof places)[number], cleanup: AsyncDisposableStack) {
  const env: Record<string, string> = {};
  if (inPostgres) env["SITEPOD_DATABASE_URL"] = await cleanup.use(await startPostgres()).newDatabase();
  if (inBucket) {
    env["SITEPOD_STORAGE_TYPE"] = "s3";
    env["SITEPOD_S3_BUCKET"] = (await newBucket(lab)).bucket;
    env["SITEPOD_S3_REGION"] = "us-east-1";
    env["SITEPOD_S3_ENDPOINT"] = lab.endpoint ?? "";
    env["AWS_ACCESS_KEY_ID"] = lab.accessKeyId;
    env["AWS_SECRET_ACCESS_KEY"] = lab.secretAccessKey;
  }
  return env;
}

const isApplied = ({ call, returned }: Operation<PointerCall>): boolean =>
  call.kind !== "read" && !call.isRefused && returned !== Infinity;

describe.each(places)("on $name", (place) => {
  const missing = (place.inBucket && !lab.endpoint && lab.skipped) || (place.inPostgres && postgresIsMissing);
  const reason = missing ? ` (skipped: ${missing})` : "";

  test.skipIf(Boolean(missing))(
    `moves and reads of an environment by ${CLIENTS} processes have one order, also when a server is killed (seed ${seed})${reason}`,
    async () => {
      await using cleanup = new AsyncDisposableStack();
      const env = await environmentOf(place, cleanup);
      const start = async (options: ServerOptions) => cleanup.use(await startServer({ env, ...options }));
      const servers: Server[] = [];
      for (let i = 0; i < place.servers; i++) {
        servers.push(await start({ data: cleanup.use(await temporaryFolder()).path }));
      }
      const { url, port, data } = servers[0]!;
      const { token } = await register(url);
      const owner = deployClient({ endpoint: url, token });
      for (const version of VERSIONS) await owner.deploy("shop", { "index.html": version }, "prod");

      const endpoints = servers.map((server) => server.url);
      const orders = { endpoints, token, site: "shop", versions: VERSIONS, operations: OPERATIONS };
      const end = new AbortController();
      cleanup.defer(() => end.abort());
      const running = Array.from({ length: CLIENTS }, (_, i) =>
        runPointerClient({ ...orders, seed: seed + i }, end.signal),
      );
      const currentPointer = async () =>
        (await owner.call<Api.Current>("GET", "/current?project=shop&environment=prod")).pointer_version;
      // About a third of the operations move it.
      const isHalfWay = async () => (await currentPointer()) > (CLIENTS * OPERATIONS) / 6;
      await waitUntil("they are half way", isHalfWay, { timeoutMs: 60_000 });
      await servers[0]!.kill();
      await start({ data, port });

      const history = (await Promise.all(running)).flat();
      const applied = history.filter(isApplied).length;
      expect(findContradiction(history, pointerModel({ version: 3, release: "v3" }))).toBeUndefined();
      // A history without contention, or without refusals, would prove little.
      expect(applied).toBeGreaterThan((CLIENTS * OPERATIONS) / 5);
      expect(history.filter(({ call }) => call.isRefused).length).toBeGreaterThan(0);
    },
  );
});
