import { type Digest, DOCUMENT_FOLDERS } from "#model";
import { inParallel, type InspectedStore } from "#store";
import type { Damage } from "./damage.ts";
import { type Naming, readDocument } from "./read-document.ts";
import { readUnless } from "./unreadable.ts";

/** A bucket answers many as soon as one. */
const AT_ONCE = 16;

/** Where a pod is named. */
export interface Namer {
  /** Of the document. */
  readonly key: string;
  /** The site's label. */
  readonly label: string;
  /** `v3`, `prod`, `preview look` */
  readonly as: string;
}

/** Lists the keys of documents that must be there since somebody else knows of them. */
export type ListKnown = () => Promise<readonly string[]>;

/** The documents of a store, and what they name. */
export class DocumentStates {
  readonly #documents: InspectedStore["documents"];
  readonly #keys = new Set<string>();
  /** Key → what is wrong. */
  readonly #damaged = new Map<string, Pick<Damage, "problem" | "isUnreadable">>();
  /** Key of a document → those that name it. */
  readonly #wanted = new Map<string, { readonly key: string; readonly label: string | undefined }[]>();
  readonly pods = new Map<Digest, Namer[]>();
  /** The labels of sites in the bin. */
  readonly deleted = new Set<string>();

  readonly #listKnown: ListKnown;

  constructor(documents: InspectedStore["documents"], listKnown: ListKnown = async () => []) {
    this.#documents = documents;
    this.#listKnown = listKnown;
  }

  async readAll(): Promise<void> {
    for (const folder of DOCUMENT_FOLDERS) {
      const keys = await Array.fromAsync(this.#documents.list(`${folder}/`));
      await inParallel(keys, AT_ONCE, async (key) => {
        const text = await readUnless(
          () => this.#documents.read(key),
          key,
          (problem) => {
            this.#keys.add(key);
            this.#damaged.set(key, { problem, isUnreadable: true });
          },
        );
        if (text !== undefined) this.#add(key, readDocument(key, text));
      });
    }
  }

  get count(): number {
    return this.#keys.size;
  }

  /** Lists the documents that cannot be read, and those that another names and that are not there. */
  async findDamage(): Promise<Damage[]> {
    const damage: Damage[] = Array.from(this.#damaged, ([key, what]) => ({
      kind: "document",
      key,
      ...what,
      isMissing: false,
      hits: hitsOf(key),
      pods: [],
    }));
    for (const [key, namers] of this.#wanted) {
      if (this.#keys.has(key) || (await this.#documents.read(key)) !== undefined) continue;
      const still: string[] = [];
      for (const namer of namers) if (await this.#stillNames(namer.key, key)) still.push(namer.key);
      if (still.length === 0) continue;
      const problem = `is missing, and ${still[0]} names it`;
      damage.push({ kind: "document", key, problem, isMissing: true, hits: still.flatMap(hitsOf), pods: [] });
    }
    const lost = (await this.#findLost()).filter((key) => !damage.some((known) => known.key === key));
    const problem = "is missing, and the database knows of it";
    return [
      ...damage,
      ...lost.map((key): Damage => ({ kind: "document", key, problem, isMissing: true, hits: hitsOf(key), pods: [] })),
    ];
  }

  /** The database is asked again: a site may have been deleted meanwhile. */
  async #findLost(): Promise<string[]> {
    const isLost = async (key: string) => !this.#keys.has(key) && (await this.#documents.read(key)) === undefined;
    const lost: string[] = [];
    for (const key of await this.#listKnown()) if (await isLost(key)) lost.push(key);
    if (lost.length === 0) return [];
    const still = new Set(await this.#listKnown());
    return lost.filter((key) => still.has(key));
  }

  /** Returns those who still name a pod: a site may have been deleted since its documents were read. */
  async stillNaming(manifest: Digest): Promise<Namer[]> {
    const still: Namer[] = [];
    for (const namer of this.pods.get(manifest) ?? []) {
      const naming = await this.#read(namer.key);
      if (naming?.pods.some((pod) => pod.manifest === manifest)) still.push(namer);
    }
    return still;
  }

  #add(key: string, naming: Naming | undefined): void {
    this.#keys.add(key);
    if (!naming) return void this.#damaged.set(key, { problem: "cannot be read" });
    const { label } = naming;
    if (naming.isDeleted && label !== undefined) this.deleted.add(label);
    for (const { manifest, as } of naming.pods) pushTo(this.pods, manifest, { key, label: label ?? "", as });
    for (const wanted of naming.documents) pushTo(this.#wanted, wanted, { key, label });
  }

  async #stillNames(key: string, wanted: string): Promise<boolean> {
    return (await this.#read(key))?.documents.includes(wanted) ?? false;
  }

  async #read(key: string): Promise<Naming | undefined> {
    const text = await this.#documents.read(key);
    return text === undefined ? undefined : readDocument(key, text);
  }
}

/** Whom a document's loss hits: `refs/docs/prod.json` → prod of docs. */
function hitsOf(key: string): Damage["hits"] {
  const [folder, label = "", name] = key.slice(0, -".json".length).split("/");
  if (folder === "hosts" || folder === "certs") return [];
  const release = name === undefined ? "all of it" : folder === "previews" ? `preview ${name}` : name;
  return [{ site: label, release }];
}

function pushTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
