import type { Digest } from "#model";
import { hashBytes } from "#store";
import type { Api } from "#wire";
import { ApiRefusal, contentOf, type DeployClient, type SiteFiles } from "./deploy-client.ts";
import type { Random } from "./random.ts";
import { type Address, fetchHost } from "./tenant.ts";

/** So many different contents there are: few, so that what one release has just given up another takes up again. */
const CONTENTS = 80;
const MOST_FILES = 5;
/** Deploys that were begun and wait, while what they were told to be there already may be given up by all others. */
const MOST_HELD = 3;

const numberOf = (content: number) => `content ${content} `;
/** Most are small and come in packs; every eighth is not. */
const textOf = (content: number) => numberOf(content).repeat(content % 8 === 0 ? 4000 : 3);

interface Site {
  readonly name: string;
  /** What was acknowledged, and not yet said to be removed. */
  readonly releases: Map<string, SiteFiles>;
  /** What its addresses show: suffix of the label → version. */
  readonly shown: Map<string, string>;
}

interface HeldPlan {
  readonly site: Site;
  readonly files: SiteFiles;
  readonly plan: Api.PlanResponse;
}

interface Tenant extends Address {
  readonly domain: string;
}

/** What a deployer has done. */
export interface DeployerFigures {
  deploys: number;
  /** Contents that the server said it had already. */
  reused: number;
  /** Deploys that were held between plan and upload. */
  held: number;
  /** Pointers that could not be moved, since retention had removed the release. */
  refused: number;
  /** Contents that were looked for and found. */
  looked: number;
}

/**
 * Deploys, rolls back, previews and deletes at random to sites of its own, with contents that others use and give up too,
 * and looks whether all that was acknowledged is there: as served, and in the store, past every cache.
 */
export class RacingDeployer {
  readonly figures: DeployerFigures = { deploys: 0, reused: 0, held: 0, refused: 0, looked: 0 };
  readonly #client: DeployClient;
  readonly #tenant: Tenant;
  readonly #isStored: (digest: Digest) => Promise<boolean>;
  readonly #random: Random;
  readonly #sites: Site[];
  #held: HeldPlan[] = [];

  constructor(
    client: DeployClient,
    tenant: Tenant,
    isStored: (digest: Digest) => Promise<boolean>,
    random: Random,
    names: readonly string[],
  ) {
    this.#client = client;
    this.#tenant = tenant;
    this.#isStored = isStored;
    this.#random = random;
    this.#sites = names.map((name) => ({ name, releases: new Map(), shown: new Map() }));
  }

  /** Does one thing. Throws where what must be there is not. */
  async step(): Promise<void> {
    const site = this.#sites[this.#below(this.#sites.length)]!;
    const dice = this.#below(100);
    if (dice < 45) await this.#deploy(site);
    else if (dice < 60) await this.#hold(site);
    else if (dice < 75) await this.#finish(this.#held.shift());
    else if (dice < 85) await this.#moveBack(site);
    else if (dice < 92) await this.#preview(site);
    else if (dice < 98) await this.#endPreview(site);
    else await this.delete(site);
    await this.#look(site);
  }

  /** Ends what is held, and looks at everything. */
  async settle(): Promise<void> {
    while (this.#held.length > 0) await this.#finish(this.#held.shift());
    for (const site of this.#sites) await this.#lookAtAll(site);
  }

  get sites(): readonly Pick<Site, "name">[] {
    return this.#sites.filter(({ releases }) => releases.size > 0);
  }

  async delete(site: Pick<Site, "name">): Promise<void> {
    const known = this.#sites.find(({ name }) => name === site.name)!;
    if (known.releases.size === 0) return;
    this.#held = this.#held.filter((held) => held.site !== known);
    await this.#client.call("DELETE", `/projects/${site.name}?for_good=true`);
    known.releases.clear();
    known.shown.clear();
  }

  #below(end: number): number {
    return Math.floor(this.#random.below(end));
  }

  #drawFiles(): SiteFiles {
    const count = 1 + this.#below(MOST_FILES);
    const contents = Array.from({ length: count }, () => this.#below(CONTENTS));
    return Object.fromEntries(contents.map((content) => [`${content}.txt`, textOf(content)]));
  }

  async #deploy(site: Site): Promise<void> {
    await this.#finish(await this.#plan(site));
  }

  async #hold(site: Site): Promise<void> {
    if (this.#held.length >= MOST_HELD) await this.#finish(this.#held.shift());
    this.#held.push(await this.#plan(site));
    this.figures.held++;
  }

  async #plan(site: Site): Promise<HeldPlan> {
    const files = this.#drawFiles();
    const plan = await this.#client.plan(site.name, files);
    this.figures.reused += plan.reusable;
    return { site, files, plan };
  }

  /** Ends a deploy that was begun: what the plan did not ask for must be there, however long ago that was. */
  async #finish(held: HeldPlan | undefined): Promise<void> {
    if (!held) return;
    const { site, files, plan } = held;
    if (this.#below(2) === 0) await this.#client.upload(plan, files);
    else if (plan.missing.length > 0) await this.#client.uploadBatch(plan, files);
    const { version } = await this.#client.commit(plan);
    site.releases.set(version, files);
    this.figures.deploys++;
    const environment = this.#below(3) === 0 ? "beta" : "prod";
    // Never removed before it was served: its deploy is not over.
    await this.#client.release(site.name, environment, { version });
    site.shown.set(environment === "prod" ? "" : "-beta", version);
    await this.#lookAt(site, environment === "prod" ? "" : "-beta");
  }

  async #moveBack(site: Site): Promise<void> {
    await this.#show(site, "", (version) => this.#client.rollback(site.name, "prod", { version }));
  }

  async #preview(site: Site): Promise<void> {
    const slug = `look${this.#below(2)}`;
    await this.#show(site, `--${slug}`, (version) => this.#client.preview(site.name, version, slug));
  }

  /** Points to a release of those that are known. One that was removed is refused, and known no more. */
  async #show(site: Site, suffix: string, point: (version: string) => Promise<unknown>): Promise<void> {
    const versions = [...site.releases.keys()];
    const version = versions[this.#below(versions.length)];
    if (version === undefined) return;
    try {
      await point(version);
    } catch (error) {
      if (!(error instanceof ApiRefusal) || error.code !== "gone") throw error;
      if ([...site.shown.values()].includes(version))
        throw new Error(`${site.name} ${version} is shown and was removed`, { cause: error });
      site.releases.delete(version);
      this.figures.refused++;
      return;
    }
    site.shown.set(suffix, version);
    await this.#lookAt(site, suffix);
  }

  async #endPreview(site: Site): Promise<void> {
    const suffix = [...site.shown.keys()].find((shown) => shown.startsWith("--"));
    if (suffix === undefined) return;
    await this.#client.call("DELETE", `/previews/${suffix.slice(2)}?project=${site.name}`);
    site.shown.delete(suffix);
  }

  async #look(site: Site): Promise<void> {
    const suffixes = [...site.shown.keys()];
    const suffix = suffixes[this.#below(suffixes.length)];
    if (suffix !== undefined) await this.#lookAt(site, suffix);
  }

  async #lookAtAll(site: Site): Promise<void> {
    for (const suffix of site.shown.keys()) await this.#lookAt(site, suffix);
  }

  /** Throws unless an address shows every file of its release, and the store has it. */
  async #lookAt(site: Site, suffix: string): Promise<void> {
    const version = site.shown.get(suffix)!;
    const files = site.releases.get(version)!;
    const look = async (path: string) => {
      const content = contentOf(files, path);
      const shown = await fetchHost(this.#tenant, `${site.name}${suffix}.${this.#tenant.domain}`, `/${path}`);
      const isShown = shown.status === 200 && Buffer.from(await shown.bytes()).equals(content);
      if (!isShown) throw new Error(`${path} of ${site.name}${suffix} ${version} is answered by ${shown.status}`);
      const isStored = await this.#isStored(hashBytes(content));
      if (!isStored) throw new Error(`${path} of ${site.name}${suffix} ${version} is served, and not stored`);
      this.figures.looked++;
    };
    await Promise.all(Object.keys(files).map(look));
  }
}
