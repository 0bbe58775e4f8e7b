import { type Digest, type Encoded, NOT_WORTH_ENCODING } from "#model";
import { isCompressible } from "#routing";
import type { ReadManifest, Store } from "#store";
import type { Gate } from "../gate.ts";
import { isOutage } from "../outage.ts";

/** Makes of some content what each coding makes of it. It takes its time, but not this thread's. */
export type Compress = (content: Uint8Array) => Promise<Encoded>;

/** Compresses the contents of pods in the background, so that no request waits for it. */
export interface Encoder {
  /** Takes a pod to do, which goes before those that wait already. Contents that are done are not done again. */
  add(manifest: Digest): void;
  /** Takes those of the pods that no earlier run has finished. */
  resume(manifests: AsyncIterable<Digest>): Promise<void>;
  /** Resolves when nothing is left to do, or only what cannot be done now. */
  idle(): Promise<void>;
}

export interface EncoderContext {
  readonly store: Pick<Store, "blobs" | "encodings">;
  readonly readManifest: ReadManifest;
  readonly contentGate: Pick<Gate, "shared">;
  readonly compress: Compress;
  readonly log: (message: string, cause?: unknown) => void;
  /** How soon a pod is taken up again where store or database could not be used. */
  readonly retryMs?: number;
}

const RETRY_MS = 10_000;

export function createEncoder(context: EncoderContext): Encoder {
  const waiting: Digest[] = [];
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      try {
        await encodePod(context, next);
      } catch (cause) {
        const again = next;
        if (isOutage(cause)) setTimeout(() => add(again), context.retryMs ?? RETRY_MS).unref();
        else context.log(`The contents of ${next} could not all be compressed: they are sent as they are`, cause);
      }
    }
    working = undefined;
  }

  function add(manifest: Digest): void {
    waiting.push(manifest);
    working ??= work();
  }

  return {
    add,
    async resume(manifests) {
      for await (const manifest of manifests) if (!(await context.store.encodings.has(manifest))) add(manifest);
    },
    idle: async () => await working,
  };
}

/** Ends by writing the encodings of the manifest itself, which are empty: that they are there says that all of its pod are. */
async function encodePod(context: EncoderContext, manifest: Digest): Promise<void> {
  const { store, readManifest, compress } = context;
  const pod = await readManifest(manifest);
  if (!pod) return;
  for (const { digest, type, size } of pod.entries()) {
    if (!isCompressible(type, size) || (await store.encodings.has(digest))) continue;
    const content = await store.blobs.bytes(digest);
    if (content) await keep(context, digest, await compress(content));
  }
  await keep(context, manifest, NOT_WORTH_ENCODING);
}

/** Never beside a blob that garbage collection has taken: nobody would ever remove it. */
async function keep({ store, contentGate }: EncoderContext, digest: Digest, encoded: Encoded): Promise<void> {
  await contentGate.shared(async () => {
    if (await store.blobs.has(digest)) await store.encodings.write(digest, encoded);
  });
}
