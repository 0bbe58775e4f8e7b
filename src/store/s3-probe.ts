import { SitepodError } from "#model";
import type { Bucket, EtagForm, PutCondition } from "./s3-bucket.ts";
import { isRefusedAltogether } from "./s3-errors.ts";

type Probed = Pick<Bucket, "name" | "putIf" | "findText" | "list" | "remove">;

/** So many put at once; at most one may win. */
const RACERS = 4;

/**
 * Finds out by trying whether a bucket can keep documents: whether exactly one of several puts under one condition takes
 * place, and whether what was put is read and listed at once. Returns how the bucket wants ETags. It works on a key of
 * its own, made of `id`, and leaves nothing. Throws SitepodError `invalid` with the reason where the bucket cannot be used.
 */
export async function probeBucket(bucket: Probed, id: string): Promise<EtagForm> {
  const folder = `tmp/probe-${id}/`;
  const key = `${folder}document`;
  try {
    await checkCreation(bucket, key);
    const listed = await Array.fromAsync(bucket.list(folder));
    if (listed.length !== 1) throw refused(bucket, "it does not list what was just written");
    for (const form of ["quoted", "bare"] as const) if (await isSwapped(bucket, key, form)) return form;
    throw refused(
      bucket,
      "it does not replace exactly the version that a put names (If-Match): two servers would overwrite each other",
    );
  } catch (error) {
    const answer = error instanceof SitepodError && isRefusedAltogether(error.cause) ? error.cause : error;
    if (answer instanceof SitepodError || !(answer instanceof Error)) throw answer;
    throw refused(bucket, `its store answers ${answer.name}: ${answer.message.replace(/\.$/, "")}`, answer);
  } finally {
    // What cannot be removed now is when leftovers are.
    await bucket.remove(key).catch(() => {});
  }
}

async function checkCreation(bucket: Probed, key: string): Promise<void> {
  const winners = await race(bucket, key, "created", { absent: true }, "quoted");
  const isOverwritten = await bucket.putIf(key, "created again", { absent: true }, "quoted");
  if (winners.length > 1 || isOverwritten) {
    throw refused(
      bucket,
      "it lets a second put take the place of the first (If-None-Match): two people could get one name",
    );
  }
  const found = await bucket.findText(key);
  if (winners.length === 0 || found?.text !== winners[0]) {
    throw refused(bucket, "it does not give back what was just written");
  }
}

/** Whether an ETag in this form names a version: one put takes its place, and none after that. */
async function isSwapped(bucket: Probed, key: string, form: EtagForm): Promise<boolean> {
  const version = await bucket.findText(key);
  if (!version) return false;
  try {
    const winners = await race(bucket, key, `replaced, ${form}`, version, form);
    const isStaleTaken = await bucket.putIf(key, "stale", version, form);
    return winners.length === 1 && !isStaleTaken && (await bucket.findText(key))?.text === winners[0];
  } catch (error) {
    // A store may refuse the form as such; that it does not answer says nothing of it.
    if (error instanceof SitepodError) throw error;
    return false;
  }
}

/**
 * Puts several texts at once, and returns those that were put. Where each was refused for the sake of another, one is put
 * alone. All texts of a probe differ (`what`): an ETag tells of the content, not of when it was put.
 */
async function race(
  bucket: Probed,
  key: string,
  what: string,
  condition: PutCondition,
  form: EtagForm,
): Promise<string[]> {
  const texts = Array.from({ length: RACERS }, (_, racer) => `${what}, by ${racer}`);
  const won = await Promise.all(texts.map((text) => bucket.putIf(key, text, condition, form)));
  const winners = texts.filter((_, racer) => won[racer]);
  if (winners.length > 0) return winners;
  return (await bucket.putIf(key, texts[0]!, condition, form)) ? [texts[0]!] : [];
}

const refused = (bucket: Probed, reason: string, cause?: unknown) =>
  new SitepodError(
    "invalid",
    `The bucket ${bucket.name} cannot be used: ${reason}. Take a store with conditional writes, such as Amazon S3, ` +
      "Cloudflare R2 or Ceph, or check the bucket's name, region, endpoint, addressing and keys.",
    cause === undefined ? {} : { cause },
  );
