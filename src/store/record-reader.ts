import {
  type Claim,
  claimKey,
  type Environment,
  type HostRecord,
  hostKey,
  type Preview,
  parseClaim,
  parseHostRecord,
  parsePreview,
  parseRef,
  parseReleaseRecord,
  previewKey,
  type Ref,
  type ReleaseRecord,
  refKey,
  releaseKey,
  SitepodError,
} from "#model";
import type { Documents } from "./ports.ts";

/**
 * Reads the store's documents as what they mean. It answers undefined where there is nothing, and throws SitepodError
 * `internal` where a document is damaged: what serves then goes on with what it knew, and who decides what may be deleted
 * does not take it for one that names nothing.
 */
export class RecordReader {
  readonly #documents: Pick<Documents, "read">;

  constructor(documents: Pick<Documents, "read">) {
    this.#documents = documents;
  }

  readRef(label: string, environment: Environment): Promise<Ref | undefined> {
    return this.#read(refKey(label, environment), parseRef);
  }

  readRelease(label: string, version: number): Promise<ReleaseRecord | undefined> {
    return this.#read(releaseKey(label, version), parseReleaseRecord);
  }

  readPreview(label: string, slug: string): Promise<Preview | undefined> {
    return this.#read(previewKey(label, slug), parsePreview);
  }

  readClaim(label: string): Promise<Claim | undefined> {
    return this.#read(claimKey(label), parseClaim);
  }

  readHost(hostname: string): Promise<HostRecord | undefined> {
    return this.#read(hostKey(hostname), parseHostRecord);
  }

  async #read<T>(key: string, parser: Parser<T>): Promise<T | undefined> {
    const text = await this.#documents.read(key);
    return text === undefined ? undefined : parseDocument(key, text, parser);
  }
}

export type Parser<T> = (text: string) => T | undefined;

/** Throws SitepodError `internal` where the text is not what its key says. */
export function parseDocument<T>(key: string, text: string, parser: Parser<T>): T {
  const value = parser(text);
  if (value === undefined) {
    const way = key.startsWith("refs/")
      ? "Its administrator stops the server and runs sitepod server fsck --repair, best --from a backup."
      : "Restore it from a backup.";
    throw new SitepodError("internal", `${key} in the server's storage is damaged. ${way}`);
  }
  return value;
}
