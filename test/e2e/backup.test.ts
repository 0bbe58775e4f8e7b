import { expect, test } from "bun:test";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Api } from "#wire";
import { register } from "../harness/account.ts";
import { type CommandLine, commandLine } from "../harness/command-line.ts";
import { dataCheck } from "../harness/data-check.ts";
import { type DeployClient, deployClient, type SiteFiles } from "../harness/deploy-client.ts";
import { randomFrom } from "../harness/random.ts";
import { executable } from "../harness/repository.ts";
import { type Server, startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";
import { waitUntil } from "../harness/wait-until.ts";

const random = randomFrom(Number(process.env.SITEPOD_CRASH_SEED ?? Math.floor(Math.random() * 2 ** 32)));
const KILLS = 8;

/** Releases that were acknowledged: host label → files. */
type Acknowledged = Map<string, SiteFiles>;

function filesOf(site: string, number: number): SiteFiles {
  const page = `${site} ${number}`;
  const small = { "index.html": page, "shared.css": `body{--deploy:${Math.floor(number / 3)}}` };
  return number % 4 === 0 ? { ...small, "film.bin": page.repeat(40_000) } : small;
}

/** Deploys to sites, deletes and makes anew one of them, renames another and collects garbage, until it is told to end. */
function startLoad(client: DeployClient) {
  const acknowledged: Acknowledged = new Map();
  const ending = new AbortController();
  const deploy = async (site: string, number: number) => {
    const files = filesOf(site, number);
    const { version } = await client.deploy(site, files, "prod");
    return { label: `${site}--${version}`, files };
  };
  const keep = async (site: string) => {
    for (let number = 1; !ending.signal.aborted; number++) {
      const { label, files } = await deploy(site, number);
      acknowledged.set(label, files);
    }
  };
  const comeAndGo = async () => {
    for (let number = 1; !ending.signal.aborted; number++) {
      await deploy("passing", number);
      await client.call("DELETE", "/projects/passing?for_good=true");
    }
  };
  const move = async () => {
    await deploy("moving", 1);
    for (let number = 1; !ending.signal.aborted; number++) {
      await client.call("PUT", "/domains/rename?project=moving", { new_subdomain: `moving${number % 5}` });
    }
  };
  // A backup refuses it: 409.
  const collect = async () => {
    while (!ending.signal.aborted) await client.call("POST", "/gc").catch((error) => expect(error.status).toBe(409));
  };
  const all = Promise.all([keep("shop"), keep("blog"), comeAndGo(), move(), collect()]);
  return {
    acknowledged,
    async end() {
      ending.abort();
      await all;
    },
  };
}

async function expectServed(server: Server, acknowledged: Acknowledged): Promise<void> {
  for (const [label, files] of acknowledged) {
    for (const [path, content] of Object.entries(files)) {
      const response = await fetchHost(server, `${label}.${server.domain}`, `/${path.replace("index.html", "")}`);
      expect([label, path, response.status]).toEqual([label, path, 200]);
      expect((await response.text()) === content).toBe(true);
    }
  }
}

async function mustRun(operator: CommandLine, args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await operator.run([...args, "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

test("a backup made under a load of deploys, deletions, renames and garbage collection restores every release", async () => {
  await using folder = await temporaryFolder();
  await using operator = await commandLine({ by: "executable" });
  const [data, place, restored] = ["data", "backup", "restored"].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  await using server = await startServer({ data });
  const { token, email, password } = await register(server.url);
  const client = deployClient({ endpoint: server.url, token });
  const load = startLoad(client);
  let before: Acknowledged = new Map();
  try {
    for (let round = 0; round < 4; round++) {
      await waitUntil("releases are made meanwhile", () => load.acknowledged.size > before.size + 1);
      before = new Map(load.acknowledged);
      await mustRun(operator, ["server", "backup", place, "--data", data, "--verify", round % 2 === 0 ? "all" : "new"]);
    }
  } finally {
    await load.end();
  }
  expect(before.size).toBeGreaterThan(4);
  await server.kill();
  expect(await mustRun(operator, ["server", "backups", place])).toMatchObject({ backups: { length: 4 } });

  await mustRun(operator, ["server", "restore", place, "--data", restored]);
  expect(await dataCheck(restored)()).toEqual([]);
  await mustRun(operator, ["server", "fsck", "--data", restored]);
  for (const secret of ["session.key", "db/sitepod.db", "sites/shop.json"]) {
    expect([secret, (await stat(join(restored, secret))).mode & 0o777]).toEqual([secret, 0o600]);
  }
  expect((await stat(place)).mode & 0o777).toBe(0o700);
  expect(await readFile(join(restored, "session.key"), "utf8")).toBe(await readFile(join(data, "session.key"), "utf8"));

  await using again = await startServer({ data: restored });
  await expectServed(again, before);
  const moving = await deployClient({ endpoint: again.url, token }).call<Api.Project>("GET", "/projects/moving");
  await expectServed(again, new Map([[moving.subdomain, filesOf("moving", 1)]]));
  const relogin = await fetch(`${again.url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password, action: "login" }),
  });
  expect(relogin.status).toBe(200);
  const files = filesOf("shop", 1000);
  const { version } = await deployClient({ endpoint: again.url, token }).deploy("shop", files, "prod");
  await expectServed(again, new Map([[`shop--${version}`, files]]));
  await again.stop();
  await mustRun(operator, ["server", "fsck", "--data", restored]);
});

/** Runs the executable and kills it, as `kill -9` does, somewhere in the time that it takes. */
async function killWithin(milliseconds: number, args: readonly string[]): Promise<void> {
  const child = Bun.spawn([executable, ...args], { stdio: ["ignore", "ignore", "ignore"] });
  await Promise.race([child.exited, Bun.sleep(random.below(milliseconds))]);
  child.kill("SIGKILL");
  await child.exited;
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedMs = performance.now();
  await work();
  return Math.ceil(performance.now() - startedMs);
};

test(`killed ${KILLS} times each, backups and restores leave nothing that passes for a whole one`, async () => {
  process.stdout.write(`repeat by SITEPOD_CRASH_SEED=${random.seed}\n`);
  await using folder = await temporaryFolder();
  await using operator = await commandLine({ by: "executable" });
  const at = (name: string) => join(folder.path, name);
  await using server = await startServer({ data: at("data") });
  const { token } = await register(server.url);
  const files: SiteFiles = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`${i}.txt`, `text ${i}`]));
  await deployClient({ endpoint: server.url, token }).deploy("shop", files, "prod");
  const backup = (place: string) => ["server", "backup", at(place), "--data", at("data")];
  const wholeMs = await timed(() => mustRun(operator, backup("first")));
  for (let round = 0; round < KILLS; round++) {
    await killWithin(wholeMs, backup("place"));
    const { json } = await operator.run(["server", "backups", at("place"), "--json"]);
    // What is listed was read back: it restores. Mostly there is none.
    const { backups } = json as { readonly backups?: readonly { readonly id: string }[] };
    for (const { id } of backups?.slice(0, 1) ?? []) {
      await mustRun(operator, ["server", "restore", at("place"), "--backup", id, "--data", at(`from-${round}`)]);
      expect(await dataCheck(at(`from-${round}`))()).toEqual([]);
    }
  }
  await mustRun(operator, backup("place"));

  const restore = ["server", "restore", at("place"), "--data", at("restored")];
  for (let round = 0; round < KILLS; round++) {
    await killWithin(wholeMs, restore);
    const isWhole = await Bun.file(join(at("restored"), "db/sitepod.db")).exists();
    if (isWhole || !(await Bun.file(join(at("restored"), "restoring")).exists())) continue;
    const refused = await operator.run(["serve", "--data", at("restored"), "--port", "0"]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("has not ended")]);
  }
  await operator.run(restore);
  expect(await dataCheck(at("restored"))()).toEqual([]);
  await using again = await startServer({ data: at("restored") });
  await expectServed(again, new Map([["shop", files]]));
});
