import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Database as SqliteFile } from "bun:sqlite";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SQL } from "bun";
import type { Api } from "#wire";
import { callApi, register } from "../../harness/account.ts";
import { type CommandLine, commandLine } from "../../harness/command-line.ts";
import { deployClient } from "../../harness/deploy-client.ts";
import { type Postgres, postgresIsMissing, startPostgres } from "../../harness/postgres.ts";
import { type Server, startServer } from "../../harness/server.ts";
import { findUnserved, startSiteLoad } from "../../harness/site-load.ts";
import { temporaryFolder } from "../../harness/temporary-folder.ts";
import { waitUntil } from "../../harness/wait-until.ts";

type Variables = Readonly<Record<string, string>>;
type Rows = Readonly<Record<string, readonly unknown[]>>;

const reason = postgresIsMissing === undefined ? "" : ` (skipped: ${postgresIsMissing})`;

async function mustRun(operator: CommandLine, args: readonly string[], env: Variables = {}): Promise<unknown> {
  const { code, stdout, stderr } = await operator.run(["server", ...args, "--json"], { env });
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

/** What a server enters for itself when it starts, and what the migrations do. */
const LEFT_OUT = /^(kysely_|sqlite_|schedules$|server_keys$)/;
const sorted = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).toSorted();

/** Reads all rows of all tables of a data folder's database. */
function rowsOfFile(data: string): Rows {
  using file = new SqliteFile(join(data, "db", "sitepod.db"), { readonly: true });
  const tables = file.query<{ name: string }, []>("select name from sqlite_schema where type = 'table'").all();
  const names = tables.map(({ name }) => name).filter((name) => !LEFT_OUT.test(name));
  return Object.fromEntries(names.map((name) => [name, sorted(file.query(`select * from "${name}"`).all())]));
}

async function rowsOfPostgres(url: string, like: Rows): Promise<Rows> {
  await using client = new SQL(url, { max: 1, bigint: false });
  const all: Record<string, readonly unknown[]> = {};
  for (const [name, rows] of Object.entries(like)) {
    const columns = Object.keys(JSON.parse(String(rows[0] ?? "{}")) as object);
    const found = (await client.unsafe(`select * from "${name}"`)) as Record<string, unknown>[];
    // 64-bit numbers come as text.
    const plain = (value: unknown) => (typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value);
    all[name] = sorted(found.map((row) => Object.fromEntries(columns.map((column) => [column, plain(row[column])]))));
  }
  return all;
}

async function expectSignIn(server: Server, email: string, password: string): Promise<void> {
  const { status } = await callApi({ endpoint: server.url }, "POST", "/auth/login", { email, password });
  expect(status).toBe(200);
}

describe.skipIf(postgresIsMissing !== undefined)(`backups of records in PostgreSQL${reason}`, () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.[Symbol.asyncDispose]());

  test("take accounts, tokens and history from SQLite to PostgreSQL and back, row by row", async () => {
    await using folder = await temporaryFolder();
    await using operator = await commandLine({ by: "executable" });
    const at = (name: string) => join(folder.path, name);
    const inPostgres = { SITEPOD_DATABASE_URL: await postgres.newDatabase() };
    await using first = await startServer({ data: at("data") });
    const { token, email, password } = await register(first.url);
    const client = deployClient({ endpoint: first.url, token });
    await client.deploy("shop", { "index.html": "one" }, "prod");
    await client.deploy("shop", { "index.html": "two" }, "prod");
    const { version: newest } = await client.deploy("shop", { "index.html": "three" });
    await first.stop();
    await mustRun(operator, ["backup", at("place"), "--data", at("data")]);
    const before = rowsOfFile(at("data"));
    expect(before["deployments"]).toHaveLength(2);

    // The database alone, beside the contents that stay; as somebody does who changes to PostgreSQL.
    await mustRun(operator, ["restore", at("place"), "--data", at("data"), "--records-only"], inPostgres);
    expect(await rowsOfPostgres(inPostgres.SITEPOD_DATABASE_URL, before)).toEqual(before);
    await using second = await startServer({ data: at("data"), env: inPostgres });
    await expectSignIn(second, email, password);
    const atSecond = deployClient({ endpoint: second.url, token });
    expect(await atSecond.release("shop", "prod", { version: newest })).toMatchObject({ previous_version: "v2" });
    await second.stop();

    // Onto an empty machine without PostgreSQL.
    await mustRun(operator, ["backup", at("place"), "--data", at("data")], inPostgres);
    await mustRun(operator, ["restore", at("place"), "--data", at("restored")]);
    const after = rowsOfFile(at("restored"));
    expect(await rowsOfPostgres(inPostgres.SITEPOD_DATABASE_URL, after)).toEqual(after);
    expect(after["deployments"]).toHaveLength(3);
    await using last = await startServer({ data: at("restored") });
    await expectSignIn(last, email, password);
    const history = await deployClient({ endpoint: last.url, token }).call<Api.History>("GET", "/history?project=shop");
    expect(history.items.map(({ version, deployed_to }) => `${version} ${deployed_to}`)).toEqual([
      "v3 prod",
      "v2 ",
      "v1 ",
    ]);
  });

  test("hold one moment, while people deploy", async () => {
    await using folder = await temporaryFolder();
    await using operator = await commandLine({ by: "executable" });
    const at = (name: string) => join(folder.path, name);
    const inPostgres = { SITEPOD_DATABASE_URL: await postgres.newDatabase() };
    await using server = await startServer({ data: at("data"), env: inPostgres });
    const { token } = await register(server.url);
    const load = await startSiteLoad(server, token, ["shop", "blog"]);
    await waitUntil("deploys go on", () => load.acknowledged.size > 10);
    const before = new Map([...load.acknowledged].filter(([label]) => label.includes("--")));
    await mustRun(operator, ["backup", at("place"), "--data", at("data")], inPostgres);
    await load.end();
    expect(load.faults).toEqual([]);

    const elsewhere = { SITEPOD_DATABASE_URL: await postgres.newDatabase() };
    await mustRun(operator, ["restore", at("place"), "--data", at("restored")], elsewhere);
    await using again = await startServer({ data: at("restored"), env: elsewhere });
    expect(await findUnserved(again, before)).toEqual([]);
    const { version } = await deployClient({ endpoint: again.url, token }).deploy(
      "shop",
      { "index.html": "more" },
      "prod",
    );
    expect(Number(version.slice(1))).toBeGreaterThan(before.size / 2);

    const taken = await operator.run(["server", "restore", at("place"), "--data", at("other")], { env: elsewhere });
    expect(taken.stderr).toContain("There are records in SITEPOD_DATABASE_URL already");
  });

  test("give a lost database back, beside contents that are there", async () => {
    await using folder = await temporaryFolder();
    await using operator = await commandLine({ by: "executable" });
    const [data, place] = [join(folder.path, "data"), join(folder.path, "place")];
    await using server = await startServer({ data });
    const { token, email, password } = await register(server.url);
    const client = deployClient({ endpoint: server.url, token });
    await client.deploy("shop", { "index.html": "one" }, "prod");
    await mustRun(operator, ["backup", place, "--data", data]);
    await client.deploy("shop", { "index.html": "two" }, "prod");
    await server.kill();
    await rename(join(data, "db", "sitepod.db"), join(folder.path, "lost.db"));
    await mustRun(operator, ["restore", place, "--data", data, "--records-only"]);
    expect((await readdir(join(data, "db"))).toSorted()).toEqual(["sitepod.db"]);
    await using again = await startServer({ data });
    await expectSignIn(again, email, password);
    expect(
      await deployClient({ endpoint: again.url, token }).call<Api.Current>(
        "GET",
        "/current?project=shop&environment=prod",
      ),
    ).toMatchObject({
      version: "v2",
    });
  });

  test("fsck asks them for pointers and releases that are gone, makes pointers anew, and tells where it cannot ask", async () => {
    await using folder = await temporaryFolder();
    const env = { SITEPOD_DATABASE_URL: await postgres.newDatabase() };
    await using server = await startServer({ data: folder.path, env });
    await using operator = await commandLine({ by: "executable" });
    const { token } = await register(server.url);
    const client = deployClient({ endpoint: server.url, token });
    for (const page of ["one", "two"]) await client.deploy("shop", { "index.html": page }, "prod");
    await client.deploy("other", { "index.html": "other" }, "beta");
    await client.call("DELETE", "/projects/other");
    const prod = join(folder.path, "refs/shop/prod.json");
    const before = JSON.parse(await readFile(prod, "utf8")) as { version: number };
    const fsck = ["server", "fsck", "--data", folder.path];
    expect(await operator.run(fsck, { env })).toMatchObject({ code: 0 });

    await server.stop();
    await rm(join(folder.path, "releases/shop/v1.json"));
    await writeFile(prod, "{");
    const repaired = await operator.run([...fsck, "--repair"], { env });
    expect([repaired.code, repaired.stdout]).toEqual([
      1,
      expect.stringContaining("prod.json cannot be read; made anew"),
    ]);
    expect(repaired.stdout).toContain("releases/shop/v1.json is missing, and the database knows of it.");
    expect(JSON.parse(await readFile(prod, "utf8"))).toMatchObject({ release: 2, version: before.version + 1 });

    const nowhere = { SITEPOD_DATABASE_URL: "postgres://sitepod:none@127.0.0.1:1/none" };
    const unasked = await operator.run(fsck, { env: nowhere });
    expect([unasked.code, unasked.stdout]).toEqual([
      1,
      expect.stringContaining("The database did not tell which pointers and records must be there: "),
    ]);
  });
});
