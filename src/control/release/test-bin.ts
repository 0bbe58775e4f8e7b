import { World } from "../domains/world.ts";

/** For tests: a world in which Ann, who is no administrator, has sites and deletes them. */
export class BinWorld extends World {
  static override async create(): Promise<BinWorld> {
    const world = new BinWorld();
    await world.loseDatabase();
    // Who registers first becomes the administrator.
    await world.call("root", "GET", "/projects");
    return world;
  }

  /** Releases a page of a site of Ann's to prod. */
  async release(project = "shop", text = "one"): Promise<void> {
    const { body } = await this.deploy("ann", project, { "index.html": text });
    await this.call("ann", "POST", "/release", { project, environment: "prod", version: body.version });
  }

  rename = (label: string, project = "shop") =>
    this.call("ann", "PUT", `/domains/rename?project=${project}`, { new_subdomain: label });
  remove = (site = "shop", query = "") => this.call("ann", "DELETE", `/projects/${site}${query}`);
  restore = (site = "shop") => this.call("ann", "POST", `/bin/${site}/restore`);
  purge = (site = "shop") => this.call("ann", "DELETE", `/bin/${site}`);
  bin = async (who = "ann") => (await this.call(who, "GET", "/bin")).body.sites;
  sites = async (): Promise<string[]> =>
    (await this.call("ann", "GET", "/projects")).body.map(({ name }: { name: string }) => name);

  /** What was done to Ann's sites, and by whom, the latest first. */
  async events(): Promise<string[]> {
    const { events } = (await this.call("ann", "GET", "/audit?limit=500")).body;
    // The log outlives a test, and the next begins at the same time again.
    const written = events.toSorted((a: { id: string }, b: { id: string }) => Number(b.id) - Number(a.id));
    return written.flatMap(({ action, actor }: { action: string; actor: string }) =>
      action.startsWith("site.") ? [`${action} by ${actor.split("@")[0]}`] : [],
    );
  }

  /** All documents that tell of sites, by their keys. */
  async documents(): Promise<Record<string, string | undefined>> {
    const found: Record<string, string | undefined> = {};
    for (const folder of ["sites/", "refs/", "previews/", "releases/", "hosts/"]) {
      for await (const key of this.store.documents.list(folder)) found[key] = await this.store.documents.read(key);
    }
    return found;
  }

  /** Gives a site a domain that is verified. */
  async addDomain(domain: string, project = "shop", more: object = {}): Promise<void> {
    await this.addProved("ann", project, domain);
    await this.call("ann", "POST", "/domains", { project, domain, ...more });
    await this.call("ann", "POST", `/domains/${domain}/verify`);
  }
}
