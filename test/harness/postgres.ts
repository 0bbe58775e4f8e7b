import { chown, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { SQL } from "bun";
import { findFreePorts } from "./free-ports.ts";
import { type RunningProcess, startProcess } from "./running-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitUntil } from "./wait-until.ts";

/** A PostgreSQL server of the test's own. */
export interface Postgres extends AsyncDisposable {
  /** Makes an empty database. Returns its URL. */
  newDatabase(): Promise<string>;
  /** Asks the database that is there from the start. */
  ask(question: string): Promise<Record<string, unknown>[]>;
  /** Ends it at once, with all sessions, as a restart or a crash of its machine does. */
  stop(): Promise<void>;
  /** Starts it again on the same port, with all that it had. */
  start(): Promise<void>;
}

const binaries = await findBinaries();

/** Why there is no PostgreSQL to start here; undefined where there is one. */
export const postgresIsMissing: string | undefined = binaries === undefined ? "PostgreSQL is not installed" : undefined;

/** Starts a server in a temporary folder, on a port of its own. It syncs nothing: nobody pulls its plug. */
export async function startPostgres(): Promise<Postgres> {
  if (binaries === undefined) throw new Error(postgresIsMissing);
  await using cleanup = new AsyncDisposableStack();
  const folder = cleanup.use(await temporaryFolder());
  const data = join(folder.path, "cluster");
  await mkdir(data, { mode: 0o700 });
  const asOther = await otherUser(folder.path, data);
  const [port] = (await findFreePorts(1)) as [number];
  const locale = ["--encoding", "UTF8", "--locale", "C.UTF-8"];
  const initialize = [...asOther, join(binaries, "initdb"), "--pgdata", data, "--auth", "trust", ...locale];
  initialize.push("--username", "sitepod", "--no-sync", "--no-instructions");
  const initialized = Bun.spawn(initialize, { cwd: folder.path, stdio: ["ignore", "ignore", "pipe"] });
  if ((await initialized.exited) !== 0) throw new Error(await new Response(initialized.stderr).text());
  const settings = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    fsync: "off",
    full_page_writes: "off",
    autovacuum: "off",
    max_connections: 200,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const command = [...asOther, join(binaries, "postgres"), "-D", data, ...flags];

  let running: RunningProcess | undefined;
  cleanup.defer(async () => await running?.end("SIGQUIT"));
  const urlOf = (database: string) => `postgres://sitepod@127.0.0.1:${port}/${database}`;
  async function ask(question: string): Promise<Record<string, unknown>[]> {
    await using client = new SQL(urlOf("postgres"), { max: 1 });
    return [...(await client.unsafe(question))];
  }
  async function start(): Promise<void> {
    running = startProcess(command, { cwd: folder.path });
    await waitUntil("PostgreSQL answers", async () => await ask("select 1").catch(() => undefined), {
      describe: () => running!.output(),
    });
  }
  await start();

  let databases = 0;
  const owned = cleanup.move();
  return {
    async newDatabase() {
      const name = `test_${++databases}`;
      await ask(`create database ${name}`);
      return urlOf(name);
    },
    ask,
    // SIGQUIT is PostgreSQL's immediate shutdown.
    stop: async () => await running?.end("SIGQUIT"),
    start,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** PostgreSQL refuses to run as root: then the user of Debian's package runs it, who gets the folder. */
async function otherUser(...folders: readonly string[]): Promise<string[]> {
  if (process.getuid?.() !== 0) return [];
  const idOf = async (flag: string) => {
    const id = Bun.spawn(["id", flag, "postgres"], { stdio: ["ignore", "pipe", "ignore"] });
    return Number(await new Response(id.stdout).text());
  };
  const [user, group] = [await idOf("-u"), await idOf("-g")];
  for (const folder of folders) await chown(folder, user, group);
  return ["setpriv", `--reuid=${user}`, `--regid=${group}`, "--clear-groups", "--"];
}

/** Returns the folder with `initdb` and `postgres`. Debian keeps them off the path, one folder a version. */
async function findBinaries(): Promise<string | undefined> {
  const onPath = Bun.which("initdb");
  if (onPath !== null) return join(onPath, "..");
  const versions = await readdir("/usr/lib/postgresql").catch(() => []);
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0];
  const folder = newest === undefined ? undefined : join("/usr/lib/postgresql", newest, "bin");
  return folder !== undefined && (await Bun.file(join(folder, "initdb")).exists()) ? folder : undefined;
}
