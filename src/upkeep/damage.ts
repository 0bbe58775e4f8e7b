import type { Digest } from "#model";

/** Something in a store that is not what it should be, and whom it hits. */
export interface Damage {
  readonly kind: "blob" | "encoding" | "document" | "database";
  /** Where it lies, or should: `blobs/ab/abc…`. */
  readonly key: string;
  /** What is wrong: the rest of a sentence that begins with the key. */
  readonly problem: string;
  /** Of a blob, or the blob of an encoding. */
  readonly digest?: Digest;
  readonly isMissing: boolean;
  /** It is there and may be whole: the machine does not let it be read. */
  readonly isUnreadable?: boolean;
  readonly hits: readonly Hit[];
  /** Manifests of the pods that hold the blob. */
  readonly pods: readonly Digest[];
}

/** Where damage is met by visitors. */
export interface Hit {
  /** The site's label. */
  readonly site: string;
  /** `v3`, `prod`, `preview look`; of a site that can be restored `v3, in the bin` */
  readonly release: string;
  /** The file. Undefined: all of the release. */
  readonly path?: string;
}

/** So much work is done: in the words of the terminal's progress. Bytes are 0 where they are not counted. */
export interface Progress {
  readonly label: string;
  readonly files: number;
  readonly allFiles: number;
  readonly bytes: number;
  readonly allBytes: number;
}

export type ShowProgress = (progress: Progress) => void;
