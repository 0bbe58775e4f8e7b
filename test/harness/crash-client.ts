import type { Api } from "#wire";
import { ApiRefusal, type DeployClient, type SiteFiles } from "./deploy-client.ts";
import type { Random } from "./random.ts";

export const STEPS = ["plan", "upload", "commit", "release", "rollback", "gc"] as const;
export type Step = (typeof STEPS)[number];

/** What the server has acknowledged about one site, and what it was asked and has not answered. */
export interface Ledger {
  readonly site: string;
  /** Version → what it is and what its front page says. */
  readonly releases: Map<string, { readonly committed: Api.CommitResponse; readonly page: string }>;
  /** Where prod points, as far as it was acknowledged. */
  prod: { readonly version: string; readonly move: number };
  /** The version that a release or rollback without an answer asked for. */
  asked: string | undefined;
  deploys: number;
}

export const newLedger = (site: string): Ledger => ({
  site,
  releases: new Map(),
  prod: { version: "", move: 0 },
  asked: undefined,
  deploys: 0,
});

/** A new version of a site: a page, a file that many versions share, and now and then one too large for memory. */
function nextFiles(ledger: Ledger): { files: SiteFiles; page: string } {
  const number = ++ledger.deploys;
  const page = `${ledger.site} ${number}`;
  const small = { "index.html": page, "shared.css": `body{--deploy:${Math.floor(number / 3)}}` };
  return { page, files: number % 4 === 0 ? { ...small, "film.bin": page.repeat(30_000) } : small };
}

/** One deploy, from plan to release, that keeps the ledger. Calls `begin` before each step. */
export async function deployOnce(client: DeployClient, ledger: Ledger, begin: (step: Step) => void): Promise<void> {
  const { files, page } = nextFiles(ledger);
  begin("plan");
  const plan = await client.plan(ledger.site, files);
  begin("upload");
  await (ledger.deploys % 2 === 0 ? client.upload(plan, files) : client.uploadBatch(plan, files));
  begin("commit");
  const committed = await client.commit(plan);
  ledger.releases.set(committed.version, { committed, page });
  begin("release");
  await moveOnce(ledger, committed.version, (version) => client.release(ledger.site, "prod", { version }));
}

/** Rolls back to any version that was acknowledged before. */
export async function rollBackOnce(
  client: DeployClient,
  ledger: Ledger,
  random: Random,
  begin: (step: Step) => void,
): Promise<void> {
  const [first, ...others] = ledger.releases.keys();
  if (first === undefined) return;
  begin("rollback");
  await moveOnce(ledger, random.pick([first, ...others]), (version) =>
    client.rollback(ledger.site, "prod", { version }),
  );
}

async function moveOnce(
  ledger: Ledger,
  version: string,
  move: (version: string) => Promise<Api.ReleaseResponse>,
): Promise<void> {
  ledger.asked = version;
  const moved = await move(version);
  ledger.prod = { version: moved.version, move: moved.pointer_version };
  ledger.asked = undefined;
}

/** Deploys and rolls back until the server is gone. Throws what the server refused while it was there. */
export async function workUntilKilled(
  client: DeployClient,
  ledger: Ledger,
  random: Random,
  begin: (step: Step) => void,
): Promise<void> {
  try {
    for (;;) {
      await deployOnce(client, ledger, begin);
      await rollBackOnce(client, ledger, random, begin);
    }
  } catch (error) {
    if (error instanceof ApiRefusal) throw error;
  }
}

/** Takes what an earlier round left in the bin out of it. */
async function emptyBin(client: DeployClient): Promise<void> {
  const { sites } = await client.call<Api.Bin>("GET", "/bin");
  for (const { id } of sites) await client.call("DELETE", `/bin/${id}`);
}

/** Makes garbage of a site that goes into the bin, back and away, and has it collected until the server is gone. */
export async function collectUntilKilled(client: DeployClient, begin: (step: Step) => void): Promise<void> {
  try {
    for (let number = 0; ; number++) {
      await emptyBin(client);
      await client.deploy("passing", { "index.html": `passing ${number}`, "shared.css": `body{--deploy:${number}}` });
      await client.call("DELETE", "/projects/passing");
      await client.call("POST", "/bin/passing/restore");
      await client.call("DELETE", "/projects/passing");
      await client.call("DELETE", "/bin/passing");
      begin("gc");
      await client.call("POST", "/gc");
    }
  } catch (error) {
    if (error instanceof ApiRefusal) throw error;
  }
}
