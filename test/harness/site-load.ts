import { inParallel } from "#store";
import { ApiRefusal, deployClient, type SiteFiles } from "./deploy-client.ts";
import type { Server } from "./server.ts";
import { fetchHost } from "./tenant.ts";

/** What a server has acknowledged: permanent address of a release → its files. */
export type Acknowledged = ReadonlyMap<string, SiteFiles>;

const AT_ONCE = 16;

export interface SiteLoad {
  readonly acknowledged: Acknowledged;
  /** Pages that visitors have read. */
  pages(): number;
  /** What failed: each request that was not answered as it should have been. */
  readonly faults: readonly string[];
  /** Ends all of it, and resolves once it has ended. */
  end(): Promise<void>;
}

/** A site's files; by number, such that some are shared by all versions. */
export const filesOf = (site: string, number: number): SiteFiles => ({
  "index.html": `${site} ${number}`,
  "shared.txt": `shared by all of ${site}`,
  "old.txt": `one of few: ${number % 3}`,
});

/** Deploys two sites over and over, and reads one of them, until it is told to end. */
export async function startSiteLoad(server: Server, token: string, sites = ["shop", "blog"]): Promise<SiteLoad> {
  const ending = new AbortController();
  const acknowledged = new Map<string, SiteFiles>();
  const faults: string[] = [];
  let pages = 0;
  const client = deployClient({ endpoint: server.url, token });

  async function deploy(site: string, number: number): Promise<void> {
    const files = filesOf(site, number);
    const { version } = await client.deploy(site, files, "prod");
    acknowledged.set(`${site}--${version}`, files);
    acknowledged.set(site, files);
  }
  async function keep(site: string): Promise<void> {
    for (let number = 1; !ending.signal.aborted; number++) {
      await deploy(site, number).catch((error: unknown) => {
        faults.push(error instanceof ApiRefusal ? error.message : `deploy of ${site}: ${error}`);
      });
    }
  }
  async function visit(site: string): Promise<void> {
    while (!ending.signal.aborted) {
      const response = await fetchHost(server, `${site}.${server.domain}`, "/shared.txt").catch((error) => error);
      const text = response instanceof Response ? await response.text() : String(response);
      if (text !== `shared by all of ${site}`) faults.push(`a visitor of ${site} got ${response.status} ${text}`);
      pages++;
    }
  }

  for (const site of sites) await deploy(site, 0);
  const all = Promise.all([...sites.map(keep), visit(sites[0]!)]);
  return {
    acknowledged,
    pages: () => pages,
    faults,
    async end() {
      ending.abort();
      await all;
    },
  };
}

/** Lists what is not served as it was acknowledged. */
export async function findUnserved(server: Server, acknowledged: Acknowledged): Promise<string[]> {
  const unserved: string[] = [];
  await inParallel(acknowledged, AT_ONCE, async ([label, files]) => {
    for (const [path, content] of Object.entries(files)) {
      const response = await fetchHost(server, `${label}.${server.domain}`, `/${path.replace("index.html", "")}`);
      const text = await response.text();
      if (text !== content) unserved.push(`${label}/${path}: ${response.status} ${text}`);
    }
  });
  return unserved;
}
