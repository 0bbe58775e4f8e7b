import {
  claimKey,
  type Digest,
  hostKey,
  isEnvironment,
  parseClaim,
  parseHostRecord,
  parseJsonObject,
  parsePreview,
  parseRef,
  parseReleaseRecord,
  parseVersion,
  releaseKey,
} from "#model";

/** What a document says must be there besides itself. */
export interface Naming {
  /** The site's label; undefined where it is of no one site. */
  readonly label?: string;
  readonly pods: readonly NamedPod[];
  /** Whether it says that its site is in the bin. */
  readonly isDeleted?: boolean;
  /** Keys of other documents. */
  readonly documents: readonly string[];
}

export interface NamedPod {
  readonly manifest: Digest;
  /** What serves it: `v3`, `prod`, `preview look`. */
  readonly as: string;
}

const NOTHING: Naming = { pods: [], documents: [] };

/** Reads what the document under a key names. Undefined where it is damaged, or is not what belongs under that key. */
export function readDocument(key: string, text: string): Naming | undefined {
  const [folder, ...names] = key.slice(0, -".json".length).split("/");
  const [label = "", name = ""] = names;
  switch (folder) {
    case "sites": {
      const claim = parseClaim(text);
      if (claim?.label !== label) return undefined;
      const isDeleted = claim.deleted_at !== undefined;
      return { label, isDeleted, pods: [], documents: claim.moved_to === undefined ? [] : [claimKey(claim.moved_to)] };
    }
    case "releases": {
      const record = parseReleaseRecord(text);
      if (!record || record.version !== parseVersion(name)) return undefined;
      return { label, pods: [{ manifest: record.manifest, as: name }], documents: [claimKey(label)] };
    }
    case "refs": {
      const ref = parseRef(text);
      if (!ref || !isEnvironment(name) || ref.environment !== name) return undefined;
      const survivors = ref.survivors.map(({ manifest }) => ({ manifest, as: `${name}, for pages opened earlier` }));
      const pods = [{ manifest: ref.manifest, as: name }, ...survivors];
      return { label, pods, documents: [claimKey(label), releaseKey(label, ref.release)] };
    }
    case "previews": {
      const preview = parsePreview(text);
      if (!preview || preview.slug !== name) return undefined;
      const pods = [{ manifest: preview.manifest, as: `preview ${name}` }];
      return { label, pods, documents: [claimKey(label), releaseKey(label, preview.release)] };
    }
    case "hosts": {
      const record = parseHostRecord(text);
      if (!record || hostKey(record.hostname) !== key) return undefined;
      return { pods: [], documents: record.mounts.map((mount) => claimKey(mount.label)) };
    }
    default:
      return parseJsonObject(text) ? NOTHING : undefined;
  }
}
