import type { Identity } from "./better-auth.ts";

/** How long a browser may take to answer a challenge. */
const CHALLENGE_LIFETIME_MS = 5 * 60 * 1000;

/** Challenges of passkeys, each of which is answered once, for what it was made for. */
export interface PasskeyChallenges {
  keep(purpose: string, challenge: string): Promise<void>;
  /** Whether a challenge was kept for the purpose. It is gone after. */
  take(purpose: string, challenge: string): Promise<boolean>;
}

export function createPasskeyChallenges(identity: Identity): PasskeyChallenges {
  const kept = async () => (await (await identity()).$context).internalAdapter;
  return {
    async keep(purpose, challenge) {
      const expiresAt = new Date(Date.now() + CHALLENGE_LIFETIME_MS);
      await (await kept()).createVerificationValue({ identifier: nameOf(challenge), value: purpose, expiresAt });
    },
    async take(purpose, challenge) {
      const found = await (await kept()).consumeVerificationValue(nameOf(challenge));
      return found?.value === purpose && found.expiresAt.getTime() > Date.now();
    },
  };
}

const nameOf = (challenge: string): string => `passkey ${challenge}`;
