import {
  type Claim,
  claimKey,
  type Environment,
  formatClaim,
  formatHostRecord,
  formatPreview,
  formatRef,
  formatReleaseRecord,
  type HostRecord,
  hostKey,
  type Preview,
  parseClaim,
  parseHostRecord,
  parsePreview,
  parseRef,
  parseReleaseRecord,
  parseVersion,
  previewKey,
  type Ref,
  type ReleaseRecord,
  refKey,
  releaseKey,
  SitepodError,
  survives,
} from "#model";
import type { Store } from "./ports.ts";
import { parseDocument, type Parser, RecordReader } from "./record-reader.ts";

/** So many movers of one environment can be outrun by others before one of them gives up. */
const MAX_MOVE_ATTEMPTS = 100;

export interface RefMove {
  readonly previous: Ref | undefined;
  readonly ref: Ref;
}

/** Is told why a document of a listing cannot be read, and has the rest listed. May throw. */
export type Skip = (error: unknown) => void;

/** The store's documents as what they mean, to be changed too. */
export class Records extends RecordReader {
  readonly #documents: Store["documents"];
  readonly #blobs: Pick<Store["blobs"], "has">;

  constructor(store: Pick<Store, "documents" | "blobs">) {
    super(store.documents);
    this.#documents = store.documents;
    this.#blobs = store.blobs;
  }

  /** Takes a label. Returns false, and changes nothing, where somebody holds it: this is what makes names unique. */
  createClaim(claim: Claim): Promise<boolean> {
    return this.#documents.create(claimKey(claim.label), formatClaim(claim));
  }

  /** Says anew who holds a label, for instance that its site moved to another. */
  writeClaim(claim: Claim): Promise<void> {
    return this.#write(claimKey(claim.label), formatClaim(claim));
  }

  /** Changes what is said of a label; anew where another change came between. Does nothing where nobody holds it. */
  async changeClaim(label: string, change: (claim: Claim) => Claim): Promise<void> {
    const key = claimKey(label);
    for (;;) {
      const text = await this.#documents.read(key);
      if (text === undefined) return;
      const changed = formatClaim(change(parseDocument(key, text, parseClaim)));
      if (changed === text || (await this.#documents.replace(key, text, changed))) return;
    }
  }

  /** Writes a release's record. Returns false, and changes nothing, where the version is taken. */
  createRelease(label: string, record: ReleaseRecord): Promise<boolean> {
    return this.#documents.create(releaseKey(label, record.version), formatReleaseRecord(record));
  }

  /** A preview's slug may be used again, also for other content. */
  writePreview(label: string, preview: Preview): Promise<void> {
    return this.#write(previewKey(label, preview.slug), formatPreview(preview));
  }

  writeHost(record: HostRecord): Promise<void> {
    return this.#write(hostKey(record.hostname), formatHostRecord(record));
  }

  removeRelease(label: string, version: number): Promise<boolean> {
    return this.#documents.remove(releaseKey(label, version));
  }

  removePreview(label: string, slug: string): Promise<boolean> {
    return this.#documents.remove(previewKey(label, slug));
  }

  removeHost(hostname: string): Promise<boolean> {
    return this.#documents.remove(hostKey(hostname));
  }

  /** Removes all of a label: first what serves, last the claim. Until all is gone, nobody else can take the label. */
  async removeLabel(label: string): Promise<void> {
    await this.emptyLabel(label);
    await this.#documents.remove(claimKey(label));
  }

  /** Removes all of a label but its claim: nothing is served there any more, and it stays taken. */
  async emptyLabel(label: string): Promise<void> {
    for (const folder of ["refs", "previews", "releases"]) {
      for await (const key of this.#documents.list(`${folder}/${label}/`)) await this.#documents.remove(key);
    }
  }

  /**
   * Moves an environment to the ref that `decide` makes of its current one (undefined: the first), and decides again
   * where another move came between. Throws SitepodError `conflict` where the environment is not at `expectedVersion`
   * (0: it has no ref), where the new ref's content is not stored, and where others keep coming between.
   */
  async moveRef(
    label: string,
    environment: Environment,
    decide: (current: Ref | undefined) => Ref,
    expectedVersion?: number,
  ): Promise<RefMove> {
    const key = refKey(label, environment);
    for (let attempt = 0; attempt < MAX_MOVE_ATTEMPTS; attempt++) {
      const text = await this.#documents.read(key);
      const previous = text === undefined ? undefined : parseDocument(key, text, parseRef);
      const version = previous?.version ?? 0;
      if (expectedVersion !== undefined && version !== expectedVersion) {
        throw conflict(
          `${label} ${environment} is at move ${version}, not ${expectedVersion}: somebody moved it. Look, and try again.`,
        );
      }
      const ref = decide(previous);
      if (!(await this.#blobs.has(ref.manifest))) {
        throw conflict(`The content of ${label} release v${ref.release} is not stored any more. Deploy it again.`);
      }
      const moved =
        text === undefined
          ? await this.#documents.create(key, formatRef(ref))
          : await this.#documents.replace(key, text, formatRef(ref));
      if (moved) return { previous, ref };
    }
    throw conflict(`${label} ${environment} is being moved by many at once. Try again.`);
  }

  /** Forgets the survivors of an environment that have expired, so that what they name may go. It is no move. */
  async forgetSurvivors(label: string, environment: Environment, nowMs: number): Promise<void> {
    const key = refKey(label, environment);
    for (;;) {
      const text = await this.#documents.read(key);
      if (text === undefined) return;
      const ref = parseDocument(key, text, parseRef);
      const survivors = ref.survivors.filter((survivor) => survives(survivor, nowMs));
      if (survivors.length === ref.survivors.length) return;
      if (await this.#documents.replace(key, text, formatRef({ ...ref, survivors }))) return;
    }
  }

  async *claims(): AsyncIterable<Claim> {
    for await (const { value } of this.#list("sites/", parseClaim)) yield value;
  }

  async *refs(skip?: Skip): AsyncIterable<{ label: string; ref: Ref }> {
    for await (const { names, value } of this.#list("refs/", parseRef, skip))
      yield { label: names[0] ?? "", ref: value };
  }

  /** Lists the previews of one label, or of all. */
  async *previews(label?: string, skip?: Skip): AsyncIterable<{ label: string; preview: Preview }> {
    const folder = label === undefined ? "previews/" : `previews/${label}/`;
    for await (const { names, value } of this.#list(folder, parsePreview, skip)) {
      yield { label: names[0] ?? "", preview: value };
    }
  }

  async *hosts(): AsyncIterable<HostRecord> {
    for await (const { value } of this.#list("hosts/", parseHostRecord)) yield value;
  }

  async *releases(skip?: Skip): AsyncIterable<{ label: string; record: ReleaseRecord }> {
    for await (const { names, value } of this.#list("releases/", parseReleaseRecord, skip)) {
      yield { label: names[0] ?? "", record: value };
    }
  }

  /** Returns the numbers of a label's releases, oldest first. */
  async releaseVersions(label: string): Promise<number[]> {
    const versions: number[] = [];
    for await (const key of this.#documents.list(`releases/${label}/`)) {
      const version = parseVersion(namesOf(key)[1] ?? "");
      if (version !== undefined) versions.push(version);
    }
    return versions.toSorted((a, b) => a - b);
  }

  async #write(key: string, text: string): Promise<void> {
    for (let written = false; !written;) {
      const current = await this.#documents.read(key);
      written =
        current === undefined
          ? await this.#documents.create(key, text)
          : await this.#documents.replace(key, current, text);
    }
  }

  /**
   * Reads all documents below a folder; `names` are the parts of their keys after the first. Throws at one that cannot be read, unless
   * `skip` is to be told why.
   */
  async *#list<T>(folder: string, parser: Parser<T>, skip?: Skip): AsyncIterable<{ names: string[]; value: T }> {
    for await (const key of this.#documents.list(folder)) {
      const value = await this.#parse(key, parser).catch((error: unknown) => {
        if (!skip) throw error;
        skip(error);
      });
      if (value !== undefined) yield { names: namesOf(key), value };
    }
  }

  async #parse<T>(key: string, parser: Parser<T>): Promise<T | undefined> {
    const text = await this.#documents.read(key);
    return text === undefined ? undefined : parseDocument(key, text, parser);
  }
}

/** `refs/docs/prod.json` → `["docs", "prod"]` */
const namesOf = (key: string): string[] => key.slice(0, -".json".length).split("/").slice(1);

const conflict = (message: string) => new SitepodError("conflict", message);
