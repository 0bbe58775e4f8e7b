import { LRUCache } from "lru-cache";
import type { Digest, Manifest } from "#model";
import { type FindEntry, isRulesFile } from "#routing";
import type { Readers } from "./readers.ts";
import { bytesOfRules, type PodRules, readPodRules } from "./rules.ts";

/** An opened manifest. */
export interface Pod {
  /** A short name of the pod within this process, for keys. */
  readonly id: string;
  readonly manifest: Manifest;
  /** Finds a file that may be served: not those that say how the others are. */
  readonly find: FindEntry;
  readonly rules: PodRules | undefined;
}

export interface Pods {
  /** Opens a pod. Throws where its manifest is not there or cannot be read. */
  open(digest: Digest): Pod | Promise<Pod>;
  readonly size: number;
}

/** Of all manifests kept open together, with their rules. */
const MAX_OPEN_BYTES = 32 * 1024 * 1024;
/** What an open pod costs beside its manifest. */
const POD_BYTES = 2400;

/** Keeps the manifests in use open. They never change, so nothing of this goes stale. */
export function createPods(readers: Pick<Readers, "readManifest" | "openBlob">, maxBytes = MAX_OPEN_BYTES): Pods {
  let opened = 0;
  const pods = new LRUCache<Digest, Pod>({
    maxSize: maxBytes,
    sizeCalculation: ({ manifest, rules }) => POD_BYTES + manifest.byteLength + bytesOfRules(rules),
  });
  const opening = new Map<Digest, Promise<Pod>>();

  async function read(digest: Digest): Promise<Pod> {
    try {
      const manifest = await readers.readManifest(digest);
      if (!manifest) throw new Error(`Manifest ${digest} is not in the store`);
      const find = (path: string) => (isRulesFile(path) ? undefined : manifest.find(path));
      const rules = await readPodRules(manifest, readers.openBlob);
      const pod = { id: `${++opened}`, manifest, find, rules };
      pods.set(digest, pod);
      return pod;
    } finally {
      opening.delete(digest);
    }
  }

  return {
    open(digest) {
      const pod = pods.get(digest) ?? opening.get(digest);
      if (pod) return pod;
      const reading = read(digest);
      opening.set(digest, reading);
      return reading;
    },
    get size() {
      return pods.size;
    },
  };
}
