import { SitepodError } from "#model";

/** Returns undefined where the object is not there. Throws what `explain` makes of any other failure. */
export async function absentAsUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statusOf(error) === 404 && !isNamed(error, "NoSuchBucket")) return undefined;
    throw explain(error);
  }
}

export async function explained<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw explain(error);
  }
}

/** Returns the SitepodError of what somebody can act on, and any other error as it is. */
export function explain(error: unknown): unknown {
  if (isGivenUp(error)) return unanswered(error);
  if (!isAnswer(error)) return error;
  const status = error.$metadata.httpStatusCode;
  if (status === 507 || error.name === "QuotaExceeded") {
    return new SitepodError("storage_full", "The object store is full. Free space in the bucket, then try again.", {
      cause: error,
    });
  }
  if (isUndecided(error) || status === 429) return unanswered(error);
  if (isRefusedAltogether(error)) {
    const message = `The object store refuses this server: ${error.name}. See the server's log, then check bucket and keys.`;
    return new SitepodError("unavailable", message, { cause: error });
  }
  return error;
}

const unanswered = (cause: unknown): SitepodError =>
  new SitepodError(
    "unavailable",
    "The object store does not answer. What is released keeps serving; try again in a moment.",
    { cause },
  );

/** Whether it took longer than whoever asked could wait. */
const isGivenUp = (error: unknown): boolean => error instanceof Error && error.name === "AbortError";

/** 412: the condition does not hold. 409: another put is under way. NoSuchKey: the version to replace is gone. */
export function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return status === 412 || status === 409 || isNamed(error, "NoSuchKey");
}

/** Whether it may have been done all the same: no answer came, or one of a store that failed somewhere on its way. */
export function isUndecided(error: unknown): boolean {
  if (!isAnswer(error)) return false;
  const status = error.$metadata.httpStatusCode;
  return status === undefined || (status >= 500 && status !== 501 && status !== 507);
}

/** Whether it is no matter of this request: the keys are not taken, or the bucket is not there. */
export const isRefusedAltogether = (error: unknown): boolean =>
  statusOf(error) === 403 || isNamed(error, "NoSuchBucket");

export const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;

export const statusOf = (error: unknown): number | undefined =>
  isAnswer(error) ? error.$metadata.httpStatusCode : undefined;

/** Whether the client threw it: what the store answered, or, without a status, that it did not. */
function isAnswer(error: unknown): error is Error & { readonly $metadata: { readonly httpStatusCode?: number } } {
  return error instanceof Error && "$metadata" in error;
}
