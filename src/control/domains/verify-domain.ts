import type { Transaction } from "kysely";
import { isUniqueViolation, type Schema } from "#db";
import { SitepodError } from "#model";
import type { Api } from "#wire";
import { type Context, nowIso } from "../context.ts";
import { type Actor, SYSTEM } from "../identity/actor.ts";
import { findProof, type Proof, proofName, proofText } from "./dns.ts";
import { type DomainKey, recordDomainEvent } from "./domain-event.ts";
import { type Domain, findDomain } from "./find-domain.ts";
import { hasLiveSite } from "./has-live-site.ts";
import { publishHost } from "./publish-host.ts";
import { recheckDomain } from "./recheck-domains.ts";

/**
 * Asks DNS whether a domain is the actor's, and has it served where it is. Of several workspaces that want it the first
 * to prove it gets it. Throws SitepodError `not_found`; `conflict` where another workspace has verified it.
 */
export async function verifyDomain(context: Context, actor: Actor, text: string): Promise<Api.DomainVerified> {
  const domain = await findDomain(context, actor, text);
  const { hostname } = domain;
  const proof = await findProof(context.dns, hostname, domain.token);
  if (domain.status === "active") {
    const status = await recheckDomain(context, domain, proof);
    const message = proof.kind === "found" ? `${hostname} is verified, and served.` : describe(domain, proof);
    return { domain: hostname, status, verified: proof.kind === "found", message };
  }
  if (proof.kind !== "found") {
    return { domain: hostname, status: "pending", verified: false, message: describe(domain, proof) };
  }
  await serveProved(context, actor, domain);
  return { domain: hostname, status: "active", verified: true, message: `${hostname} is verified, and served now.` };
}

/** Has a domain served whose proof was found. Throws SitepodError `conflict` where another workspace has verified it. */
export async function serveProved(context: Context, actor: Actor, domain: DomainKey): Promise<void> {
  await publishHost(context, domain.hostname, () =>
    context.db.query.transaction().execute(async (query) => {
      await activate(context, query, domain);
      await recordDomainEvent(context, actor, "domain.verify", domain, query);
    }),
  );
}

/** Another workspace that has it for sites in the bin alone gives it up. To be called in the host's turn. */
async function activate(
  context: Context,
  query: Transaction<Schema>,
  { workspace_id, hostname }: DomainKey,
): Promise<void> {
  const now = nowIso(context);
  const pending = { status: "pending", verified_at: null, checked_at: null, missing_since: null } as const;
  const given = await query
    .updateTable("domains")
    .set(pending)
    .where("hostname", "=", hostname)
    .where("status", "=", "active")
    .where("workspace_id", "!=", workspace_id)
    .where(({ not }) => not(hasLiveSite))
    .returning(["workspace_id", "hostname"])
    .execute();
  for (const domain of given) await recordDomainEvent(context, SYSTEM, "domain.release", domain, query);
  const activated = await query
    .updateTable("domains")
    .set({ status: "active", verified_at: now, checked_at: now, missing_since: null })
    .where("workspace_id", "=", workspace_id)
    .where("hostname", "=", hostname)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("domains as held")
            .select("held.hostname")
            .where("held.hostname", "=", hostname)
            .where("held.status", "=", "active")
            .where("held.workspace_id", "!=", workspace_id),
        ),
      ),
    )
    .executeTakeFirst()
    // An index holds it too, should a turn be lost.
    .catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
    });
  if (activated && activated.numUpdatedRows > 0n) return;
  throw new SitepodError(
    "conflict",
    `${hostname} is taken: another account has verified it before. Its TXT record must be gone from DNS for some days.`,
  );
}

function describe({ hostname, token, status }: Domain, proof: Exclude<Proof, { kind: "found" }>): string {
  const name = proofName(hostname);
  if (proof.kind === "unknown") return `DNS did not answer for ${name}. Try again in some minutes.`;
  const found = proof.seen.length === 0 ? "" : ` There is ${proof.seen.slice(0, 3).map(shorten).join(", ")} instead.`;
  const rest = status === "active" ? " Until it is back, the domain is served for some days only." : "";
  return `DNS has no TXT record with the text ${proofText(token)} at ${name}.${found}${rest}`;
}

const shorten = (text: string): string => JSON.stringify(text.slice(0, 80));
