import { newBucket } from "../lab/new-bucket.ts";
import { startS3Lab } from "../lab/s3-lab.ts";
import { type Postgres, postgresIsMissing, startPostgres } from "./postgres.ts";
import { type Server, type ServerOptions, startServer } from "./server.ts";

/** Servers that share one PostgreSQL and one bucket, and nothing else. */
export interface ControlPlanes extends AsyncDisposable {
  readonly postgres: Postgres;
  /** What tells a server where its records and contents are. */
  readonly env: Readonly<Record<string, string>>;
  /** Starts one more. */
  start(options?: Omit<ServerOptions, "env">): Promise<Server>;
}

const lab = postgresIsMissing === undefined ? await startS3Lab() : undefined;

/** Why control planes cannot be started here; undefined where they can. */
export const controlPlanesAreMissing: string | undefined =
  postgresIsMissing ?? (lab?.endpoint === undefined ? lab?.skipped : undefined);

/** Ends the object store, which all tests of a file share. */
export const stopObjectStore = async (): Promise<void> => await lab?.stop();

/** Starts PostgreSQL and makes a bucket, for as many servers as a test starts. */
export async function startControlPlanes(): Promise<ControlPlanes> {
  if (!lab?.endpoint) throw new Error(controlPlanesAreMissing);
  await using cleanup = new AsyncDisposableStack();
  const postgres = cleanup.use(await startPostgres());
  const env = {
    SITEPOD_DATABASE_URL: await postgres.newDatabase(),
    SITEPOD_STORAGE_TYPE: "s3",
    SITEPOD_S3_BUCKET: (await newBucket(lab)).bucket,
    SITEPOD_S3_REGION: "us-east-1",
    SITEPOD_S3_ENDPOINT: lab.endpoint,
    AWS_ACCESS_KEY_ID: lab.accessKeyId,
    AWS_SECRET_ACCESS_KEY: lab.secretAccessKey,
  };
  const owned = cleanup.move();
  return {
    postgres,
    env,
    start: async (options = {}) => owned.use(await startServer({ ...options, env })),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
