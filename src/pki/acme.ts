import { createHash } from "node:crypto";
import { Agent } from "node:https";
import { rootCertificates } from "node:tls";
import { type Certificate, readCertificate } from "./certificate.ts";
import type { Challenges } from "./challenges.ts";
import type { DnsWriter } from "./dns/ports.ts";
import type { Pages } from "./ports.ts";
import type { Secret } from "./secret.ts";
import type { Wanted } from "./wanted.ts";

/** A certificate authority that speaks ACME (RFC 8555). */
export interface Authority {
  /** The URL of its directory. */
  readonly directory: string;
  /** External account binding (RFC 8555, section 7.3.4), where the authority asks for it. `key` is in base64url. */
  readonly binding?: { readonly id: string; readonly key: Secret } | undefined;
}

export interface AcmeOptions {
  readonly documents: Pages;
  readonly challenges: Challenges;
  /** Undefined: nothing that needs DNS-01 is asked for. */
  readonly dns: DnsWriter | undefined;
  /** Where authorities write to about an account; undefined: nowhere. */
  readonly email: string | undefined;
  /** PEM of the roots of a private authority's own HTTPS, beside those that are known. */
  readonly roots: string | undefined;
}

/** Gets a certificate. Throws where the authority cannot be reached, or refuses. */
export type Issue = (authority: Authority, wanted: Wanted) => Promise<Certificate>;

/** How often to ask for the outcome of a challenge or an order; the waits grow from the shortest to the longest. */
const POLLING = { backoffAttempts: 20, backoffMin: 500, backoffMax: 10_000 };
const REACH_TIMEOUT_MS = 15_000;
/** A certificate's common name holds no more (RFC 5280, ub-common-name). */
const MAX_COMMON_NAME_LENGTH = 64;

/** Gets certificates by acme-client: one account for each authority, and a new key for each certificate. */
export function createIssue({ documents, challenges, dns, email, roots }: AcmeOptions): Issue {
  let loading: ReturnType<typeof loadClient> | undefined;
  return async ({ directory, binding }, { names, challenge: type }) => {
    await checkReachable(directory, roots);
    const acme = await (loading ??= loadClient(roots));
    const client = new acme.Client({
      directoryUrl: directory,
      accountKey: await ensureAccountKey(documents, directory, async () =>
        (await acme.crypto.createPrivateEcdsaKey()).toString(),
      ),
      ...(binding ? { externalAccountBinding: { kid: binding.id, hmacKey: binding.key.reveal() } } : {}),
      ...POLLING,
    });
    // An empty list says something: an account that is there already refuses an update that says nothing.
    const contact = email === undefined ? [] : [`mailto:${email}`];
    await client.createAccount({ termsOfServiceAgreed: true, contact });
    const [first = ""] = names;
    const [key, csr] = await acme.crypto.createCsr(
      { altNames: [...names], ...(first.length <= MAX_COMMON_NAME_LENGTH ? { commonName: first } : {}) },
      await acme.crypto.createPrivateEcdsaKey(),
    );
    const undo: (() => Promise<void>)[] = [];
    async function present(identifier: string, token: string, answer: string): Promise<void> {
      if (type === "http-01") {
        undo.push(() => challenges.remove(token));
        return await challenges.present(token, answer);
      }
      const name = recordName(identifier);
      undo.push(() => dns!.remove(name, answer));
      await dns!.present(name, answer);
    }
    try {
      const chain = await client.auto({
        csr,
        challengePriority: [type],
        // Its own look would go out to the public name, which need not lead back to this machine from within.
        skipChallengeVerification: true,
        async challengeCreateFn({ identifier }, challenge, answer) {
          if (challenge.type !== type) throw new Error(`It offers no ${type} challenge for ${identifier.value}`);
          await present(identifier.value, challenge.token, answer);
        },
        // A domain and its wildcard are proved at one name: both values stay until the order is over.
        challengeRemoveFn: async () => {},
      });
      return readCertificate(names, chain, key.toString());
    } finally {
      await Promise.allSettled(undo.map((remove) => remove()));
    }
  };
}

/** Who orders nothing does not pay for the client. */
async function loadClient(roots: string | undefined) {
  const acme = await import("acme-client");
  // When to try again is decided by our back-off: the client would sleep through an hour's Retry-After.
  Object.assign(acme.axios.defaults, { acmeSettings: { retryMaxAttempts: 0 } });
  if (roots !== undefined) acme.axios.defaults.httpsAgent = new Agent({ ca: [...rootCertificates, roots] });
  return acme;
}

/** Throws where the authority does not answer: the client's own error would not say so. */
async function checkReachable(directory: string, roots: string | undefined): Promise<void> {
  const tls = roots === undefined ? {} : { tls: { ca: [...rootCertificates, roots] } };
  const response = await fetch(directory, { ...tls, signal: AbortSignal.timeout(REACH_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`Its directory answers ${response.status}`);
}

/** RFC 8555, section 8.4. A wildcard is proved at the name it stands under. */
const recordName = (identifier: string): string => `_acme-challenge.${identifier.replace(/^\*\./, "")}`;

/** An account is its key: made once for each authority, and then kept, so that limits and bindings follow it. */
async function ensureAccountKey(documents: Pages, directory: string, makeKey: () => Promise<string>): Promise<string> {
  const id = createHash("sha256").update(directory).digest("hex").slice(0, 32);
  const name = `certs/accounts/${id}.json`;
  const stored = await documents.read(name);
  if (stored !== undefined) return (JSON.parse(stored) as { key: string }).key;
  const key = await makeKey();
  if (await documents.create(name, `${JSON.stringify({ directory, key })}\n`)) return key;
  return await ensureAccountKey(documents, directory, makeKey);
}
