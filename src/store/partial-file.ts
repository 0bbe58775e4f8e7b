import { open, rename } from "node:fs/promises";
import { type Digest, SitepodError } from "#model";
import { StreamHasher } from "./blake3.ts";
import { explainFull, findFile, removeFile } from "./files.ts";
import type { Chunks } from "./verified-body.ts";

const SUFFIX = ".part";
const READ_BYTES = 1024 * 1024;

/** The name that a file gets when it is whole. */
export const wholeName = (name: string): string => (name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name);

/**
 * Writes a part of a file at its end, which is beside `path` until it has all its `size` bytes and is what `digest` names.
 * Returns how many bytes are there. Throws SitepodError `invalid` where the file is another one, and removes it.
 */
export async function takePart(
  path: string,
  digest: Digest,
  size: number,
  offset: number,
  body: Chunks,
): Promise<number> {
  if (await findFile(path)) return size;
  const partial = path + SUFFIX;
  const begun = (await findFile(partial))?.size ?? 0;
  const received = begun === offset ? await append(partial, begun, size, body) : begun;
  if (received < size) return received;
  if ((await hashFile(partial)) === digest) await rename(partial, path);
  else {
    await removeFile(partial);
    throw new SitepodError("invalid", `What came of ${digest} is something else: the file has changed. Deploy again.`);
  }
  return size;
}

async function append(path: string, begun: number, size: number, body: Chunks): Promise<number> {
  let received = begun;
  try {
    await using file = await open(path, "a");
    for await (const chunk of body) {
      if (received + chunk.length > size) {
        throw new SitepodError("invalid", `The part ends after the ${size} bytes of the file. Upload it again.`);
      }
      await file.appendFile(chunk);
      received += chunk.length;
    }
  } catch (error) {
    throw explainFull(error);
  }
  return received;
}

async function hashFile(path: string): Promise<Digest> {
  await using file = await open(path, "r");
  const hasher = new StreamHasher();
  const buffer = new Uint8Array(READ_BYTES);
  for (let bytes = 1; bytes > 0;) {
    bytes = (await file.read(buffer, 0, READ_BYTES)).bytesRead;
    hasher.update(buffer.subarray(0, bytes));
  }
  return hasher.digest();
}
