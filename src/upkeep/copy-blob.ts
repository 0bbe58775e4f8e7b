import { blobKey, type Digest, SitepodError } from "#model";
import type { InspectedStore } from "#store";
import { hashBody } from "./stored-bytes.ts";
import { problemOfReading, readUnless } from "./unreadable.ts";

/** Returns whether a store has exactly this content, by reading it. */
export async function isWhole(blobs: InspectedStore["blobs"], digest: Digest): Promise<boolean> {
  const stored = await blobs.read(digest);
  return stored !== undefined && (await hashBody(stored.body)).digest === digest;
}

/**
 * Copies a blob, verified as it is read and, once it is written, read back. Returns its size, or undefined where `from`
 * has it not, or with another content; or where the machine does not let it be read and `tell` is to be told why, without
 * which that is thrown. Throws SitepodError `unavailable` where `to` does not give back what it got.
 */
export async function copyBlob(
  from: InspectedStore["blobs"],
  to: InspectedStore["blobs"],
  digest: Digest,
  tell?: (problem: string) => void,
): Promise<number | undefined> {
  const stored = await readUnless(() => from.read(digest), blobKey(digest), tell);
  if (!stored) return undefined;
  const body = watchedBody(stored.body);
  try {
    await to.write(digest, stored.size, body.chunks);
  } catch (error) {
    if (error instanceof SitepodError && (error.code === "invalid" || error.code === "not_found")) return undefined;
    const problem = body.failure() === error ? problemOfReading(error, blobKey(digest)) : undefined;
    if (!tell || problem === undefined) throw error;
    tell(problem);
    return undefined;
  }
  await requireReadBack(to, digest);
  return stored.size;
}

/** Tells what reading failed with: whoever writes what is read may fail as well. */
function watchedBody(body: AsyncIterable<Uint8Array>) {
  let failure: unknown;
  async function* read() {
    try {
      yield* body;
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  return { chunks: read(), failure: () => failure };
}

/** Writes bytes as a blob and reads them back. */
export async function writeBlob(
  to: InspectedStore["blobs"],
  digest: Digest,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  await to.write(digest, bytes.length, new Blob([bytes]).stream());
  await requireReadBack(to, digest);
}

async function requireReadBack(blobs: InspectedStore["blobs"], digest: Digest): Promise<void> {
  if (await isWhole(blobs, digest)) return;
  throw new SitepodError(
    "unavailable",
    `What was written to the other place as ${digest} is not what is read from it. Check that place.`,
  );
}
