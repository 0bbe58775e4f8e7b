import { createHash } from "node:crypto";
import { overwrite, type Pages } from "./ports.ts";

/** Where an authority looks for the answer to an HTTP-01 challenge (RFC 8555, section 8.3). */
export const CHALLENGE_PATH = "/.well-known/acme-challenge/";

const TOKEN = /^[A-Za-z0-9_-]{8,128}$/;

/** Answers to HTTP-01 challenges, in the store: the authority may ask any edge. */
export interface Challenges {
  present(token: string, answer: string): Promise<void>;
  remove(token: string): Promise<void>;
  /** Returns the text to answer a request for `path` with, or undefined where no challenge has it. */
  find(path: string): Promise<string | undefined>;
}

/** Returns what finds the answers: for an edge that orders nothing itself. */
export const createChallengeFinder =
  (documents: Pick<Pages, "read">): Challenges["find"] =>
  async (path) => {
    const token = path.slice(CHALLENGE_PATH.length);
    if (!path.startsWith(CHALLENGE_PATH) || !TOKEN.test(token)) return undefined;
    const text = await documents.read(keyOf(token));
    return text === undefined ? undefined : (JSON.parse(text) as string);
  };

export function createChallenges(documents: Pages): Challenges {
  return {
    present: (token, answer) => overwrite(documents, keyOf(token), JSON.stringify(answer)),
    async remove(token) {
      await documents.remove(keyOf(token));
    },
    find: createChallengeFinder(documents),
  };
}

/** A document's key is lower-case, a token is not. */
const keyOf = (token: string): string => `certs/challenges/${createHash("sha256").update(token).digest("hex")}.json`;
