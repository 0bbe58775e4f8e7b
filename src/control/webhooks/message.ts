import type { Kysely } from "kysely";
import type { Schema } from "#db";
import { formatVersion, isEnvironment, parseVersion, ROOT_PATH, type WEBHOOK_TEST, type WebhookEvent } from "#model";
import type { Addresses } from "../addresses.ts";

/** What a receiver is told, in the shape that Standard Webhooks recommends. Fields are added to it, and none is taken away. */
export interface WebhookMessage {
  readonly type: WebhookEvent | typeof WEBHOOK_TEST;
  /** When it happened. */
  readonly timestamp: string;
  readonly data: WebhookData;
}

export interface WebhookData extends Facts {
  readonly workspace_id: string;
  /** The site's name; null where it is about none. */
  readonly project: string | null;
  /** An e-mail address; `system`: the server itself. */
  readonly actor: string;
  /** Where it can be looked at. */
  readonly url?: string;
  readonly release?: ToldRelease;
}

/** What an event tells beside the site and who it was. */
export interface Facts {
  readonly environment?: string;
  readonly version?: string;
  readonly previous_version?: string | null;
  readonly slug?: string;
  readonly expires_at?: string;
  /** With the path, where the site is not at its root. */
  readonly domain?: string;
  readonly redirect_to?: string | null;
  readonly approval_id?: string;
  readonly action?: string;
  readonly requested_by?: string | null;
  readonly comment?: string | null;
  readonly deploy_id?: string;
  readonly reason?: string;
}

interface ToldRelease {
  readonly version: string;
  readonly image_id: string;
  readonly url: string;
  readonly message: string | null;
  readonly git: { readonly commit: string | null; readonly branch: string | null; readonly message: string | null };
  readonly files_count: number;
  readonly total_size: number;
}

/** What happened, to whose site, by whom. */
export interface Happening {
  readonly event: WebhookEvent;
  readonly at: string;
  readonly site: { readonly id: string; readonly name: string; readonly workspace_id: string };
  readonly actor: string;
  readonly facts: Facts;
}

/** Adds what a receiver would else have to ask for: addresses, and the release that it is about. */
export async function composeMessage(
  addresses: Addresses,
  query: Kysely<Schema>,
  { event, at, site, actor, facts }: Happening,
): Promise<WebhookMessage> {
  const row = await query.selectFrom("sites").where("id", "=", site.id).select("label").executeTakeFirst();
  const label = row?.label ?? site.name;
  const url = urlOf(addresses, label, facts);
  const release = await findTold(addresses, query, site.id, label, facts.version);
  const about = { workspace_id: site.workspace_id, project: site.name, actor };
  return { type: event, timestamp: at, data: { ...about, ...facts, ...(url && { url }), ...(release && { release }) } };
}

function urlOf(addresses: Addresses, label: string, facts: Facts): string | undefined {
  const { slug, domain, approval_id, environment, version } = facts;
  if (slug !== undefined) return addresses.preview(label, slug);
  if (domain !== undefined) {
    const slash = domain.indexOf("/");
    return slash < 0
      ? addresses.custom(domain, ROOT_PATH)
      : addresses.custom(domain.slice(0, slash), domain.slice(slash));
  }
  if (approval_id === undefined && environment !== undefined && isEnvironment(environment)) {
    return addresses.site(label, environment);
  }
  const number = version === undefined ? undefined : parseVersion(version);
  return number === undefined ? undefined : addresses.release(label, number);
}

async function findTold(
  addresses: Addresses,
  query: Kysely<Schema>,
  siteId: string,
  label: string,
  version: string | undefined,
): Promise<ToldRelease | undefined> {
  const number = version === undefined ? undefined : parseVersion(version);
  if (number === undefined) return undefined;
  const row = await query
    .selectFrom("releases")
    .where("site_id", "=", siteId)
    .where("version", "=", number)
    .selectAll()
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    version: formatVersion(number),
    image_id: row.image_id,
    url: addresses.release(label, number),
    message: row.message,
    git: { commit: row.git_commit, branch: row.git_branch, message: row.git_message },
    files_count: row.files_count,
    total_size: row.total_size,
  };
}
