import { type Certificate, certificateKey, parseCertificate } from "./certificate.ts";
import type { Documents } from "./ports.ts";

const FOLDER = "certs/issued/";

/** The certificates of the store, kept in memory. */
export interface Shelf {
  all(): readonly Certificate[];
  /** By its first name. */
  find(name: string): Certificate | undefined;
  /** Reads those that are not known yet, and anew those of which `isDue` says so. Returns whether any changed. */
  refresh(isDue: (certificate: Certificate) => boolean): Promise<boolean>;
  /** Reads one anew. Returns whether it changed. */
  read(name: string): Promise<boolean>;
  put(certificate: Certificate): void;
  /** Removes, from the store too, those of which `isDue` says so and that nobody wants, by their first name. Returns whether there were any. */
  removeUnwanted(
    documents: Pick<Documents, "remove">,
    wanted: ReadonlySet<string>,
    isDue: (certificate: Certificate) => boolean,
  ): Promise<boolean>;
}

export function createShelf(documents: Pick<Documents, "read" | "list">, log: (message: string) => void): Shelf {
  /** By the key of their document. */
  const known = new Map<string, Certificate>();

  async function readKey(key: string): Promise<boolean> {
    const text = await documents.read(key);
    const certificate = text === undefined ? undefined : parseCertificate(text);
    if (!certificate) {
      if (text !== undefined) log(`${key} is damaged: a new certificate is ordered where one is wanted`);
      return false;
    }
    const isSame = known.get(key)?.fingerprint === certificate.fingerprint;
    known.set(key, certificate);
    return !isSame;
  }

  return {
    all: () => [...known.values()],
    find: (name) => known.get(certificateKey("issued", name)),
    async refresh(isDue) {
      let isChanged = false;
      for await (const key of documents.list(FOLDER)) {
        const certificate = known.get(key);
        if (!certificate || isDue(certificate)) isChanged = (await readKey(key)) || isChanged;
      }
      return isChanged;
    },
    read: (name) => readKey(certificateKey("issued", name)),
    put: (certificate) => void known.set(certificateKey("issued", certificate.names[0]!), certificate),
    async removeUnwanted(from, wanted, isDue) {
      const gone = [...known].filter(([, one]) => !wanted.has(one.names[0]!) && isDue(one));
      for (const [key] of gone) {
        await from.remove(key);
        known.delete(key);
      }
      return gone.length > 0;
    },
  };
}
