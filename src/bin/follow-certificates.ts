import { createChallengeFinder, createFollower, createSelfSigned, readSelfSigned } from "#pki";
import type { Documents } from "#store";
import { type CertificateKeeping, endOf, stateOf } from "./keep-certificates.ts";
import type { Log } from "./log.ts";

const LOOK_EVERY_MS = 60 * 1000;
const LOOK_SOON_MS = 500;

/** Uses the certificates that a server orders and keeps in a store which is only read here. */
export async function followCertificates(
  domain: string,
  documents: Pick<Documents, "read" | "list">,
  log: Log,
): Promise<CertificateKeeping> {
  const follower = createFollower(documents, Date.now, log);
  await follower.refresh();
  let look = () => {};
  let soon: Timer | undefined;
  return {
    challenges: { find: createChallengeFinder(documents) },
    selfSigned: (await readSelfSigned(documents)) ?? (await createSelfSigned([domain], Date.now())),
    stored: follower.all(),
    state: () => stateOf(follower.all()),
    list: () => follower.all(),
    endOf: (hostname) => endOf(follower.all(), hostname),
    notice(key) {
      if (!key.startsWith("certs/issued/")) return;
      clearTimeout(soon);
      soon = setTimeout(() => look(), LOOK_SOON_MS);
    },
    start(use) {
      look = () =>
        void follower.refresh().then(
          (isChanged) => isChanged && use(follower.all()),
          (error: unknown) => log("Certificates could not be read; those that are known are used", error),
        );
      const timer = setInterval(look, LOOK_EVERY_MS);
      return async () => {
        clearInterval(timer);
        clearTimeout(soon);
      };
    },
  };
}
