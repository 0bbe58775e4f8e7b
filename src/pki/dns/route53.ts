import type { Change, HostedZone, ResourceRecordSet, Route53Client } from "@aws-sdk/client-route-53";
import type { Secret } from "../secret.ts";
import type { DnsWriter } from "./ports.ts";
import { listZoneNames } from "./zone-names.ts";

export interface Route53Options {
  /** Undefined: those that the AWS SDK finds, in the standard variables, or by the role of the machine. */
  readonly keys: { readonly id: string; readonly secret: Secret } | undefined;
  /** Where its API is; tests have one of their own. */
  readonly endpoint?: string;
  /** How long to wait, at first, before asking again whether a change is done. */
  readonly pollS?: number;
}

const TTL_S = 60;
/** Route 53 is one for all regions; requests are signed for this one. */
const REGION = "us-east-1";
const TRIES = 8;
const FIRST_WAIT_MS = 250;
const INSYNC_TIMEOUT_S = 5 * 60;
const LONGEST_POLL_S = 10;
/** Somebody else changed the records between our look and our change, or is just changing them. */
const CONFLICTS = new Set(["InvalidChangeBatch", "PriorRequestNotComplete"]);

/**
 * Writes records by Amazon Route 53, where all values at a name are one record set. A change takes the set as it was read
 * away and puts the new one there, in one transaction that fails where the set is another by now: so nobody's values are lost.
 */
export function createRoute53({ keys, endpoint, pollS = 2 }: Route53Options): DnsWriter {
  let opening: ReturnType<typeof open> | undefined;
  const use = () => (opening ??= open());

  /** Who writes no record does not pay for the SDK. */
  async function open() {
    const sdk = await import("@aws-sdk/client-route-53");
    const credentials = keys && { accessKeyId: keys.id, secretAccessKey: keys.secret.reveal() };
    const client: Route53Client = new sdk.Route53Client({
      region: REGION,
      ...(credentials ? { credentials } : {}),
      ...(endpoint === undefined ? {} : { endpoint }),
    });
    return { sdk, client };
  }

  async function findZone(name: string): Promise<string> {
    for (const zone of listZoneNames(name)) {
      const found = await findZoneNamed(zone);
      if (found !== undefined) return found;
    }
    throw new Error(`This account has no public hosted zone for ${name}`);
  }

  /** The list is by name and begins at the one that is asked for; private zones may have the same. */
  async function findZoneNamed(name: string): Promise<string | undefined> {
    const { sdk, client } = await use();
    let from: { DNSName: string; HostedZoneId?: string } | undefined = { DNSName: name };
    while (from && isSameName(from.DNSName, name)) {
      const page: Awaited<ReturnType<typeof list>> = await list(from);
      const zone = findPublicZone(page.HostedZones ?? [], name);
      if (zone !== undefined) return zone;
      const { NextDNSName, NextHostedZoneId } = page;
      from = NextDNSName && NextHostedZoneId ? { DNSName: NextDNSName, HostedZoneId: NextHostedZoneId } : undefined;
    }
    return undefined;
    function list(start: { DNSName: string; HostedZoneId?: string }) {
      return client.send(new sdk.ListHostedZonesByNameCommand(start));
    }
  }

  async function readSet(zone: string, name: string): Promise<ResourceRecordSet | undefined> {
    const { sdk, client } = await use();
    const start = { HostedZoneId: zone, StartRecordName: name, StartRecordType: "TXT", MaxItems: 1 } as const;
    const { ResourceRecordSets = [] } = await client.send(new sdk.ListResourceRecordSetsCommand(start));
    return ResourceRecordSets.find((set) => set.Type === "TXT" && isSameName(set.Name, name));
  }

  /** Returns the id of the change, or undefined where there was nothing to change. */
  async function change(name: string, decide: (values: readonly string[]) => string[]): Promise<string | undefined> {
    const { sdk, client } = await use();
    const zone = await findZone(name);
    for (let tried = 1; ; tried++) {
      const changes = planChange(name, await readSet(zone, name), decide);
      if (changes.length === 0) return undefined;
      const request = { HostedZoneId: zone, ChangeBatch: { Changes: changes } };
      try {
        return (await client.send(new sdk.ChangeResourceRecordSetsCommand(request))).ChangeInfo?.Id;
      } catch (error) {
        if (!CONFLICTS.has((error as Error).name) || tried === TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * tried));
      }
    }
  }

  /** Waits until all of its servers have the change (INSYNC). */
  async function settle(id: string): Promise<void> {
    const { sdk, client } = await use();
    const waiter = { client, maxWaitTime: INSYNC_TIMEOUT_S, minDelay: pollS, maxDelay: LONGEST_POLL_S };
    await sdk.waitUntilResourceRecordSetsChanged(waiter, { Id: id });
  }

  return {
    async present(name, value) {
      const add = (values: readonly string[]) => (values.includes(value) ? [...values] : [...values, value]);
      const id = await explain(change(name, add));
      if (id !== undefined) await explain(settle(id));
    },
    remove: async (name, value) =>
      void (await explain(change(name, (values) => values.filter((one) => one !== value)))),
  };
}

/** The SDK's errors do not say whose they are. */
async function explain<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const { name, message, messages } = cause as Error & { readonly messages?: readonly string[] };
    throw new Error(`Route 53: ${messages?.join() || message} (${name})`, { cause });
  }
}

const findPublicZone = (zones: readonly HostedZone[], name: string): string | undefined =>
  zones.find((zone) => isSameName(zone.Name, name) && !zone.Config?.PrivateZone)?.Id;

/** Plans how to get from the set that is there to the one with the values decided on. */
export function planChange(
  name: string,
  set: ResourceRecordSet | undefined,
  decide: (values: readonly string[]) => string[],
): Change[] {
  const current = (set?.ResourceRecords ?? []).map(({ Value = "" }) => Value);
  const next = decide(current.map(unquote)).map(quote);
  if (next.length === current.length && next.every((value, i) => value === current[i])) return [];
  const records = next.map((Value) => ({ Value }));
  const made = { Name: name, Type: "TXT", TTL: set?.TTL ?? TTL_S, ResourceRecords: records } as const;
  return [
    ...(set ? [{ Action: "DELETE", ResourceRecordSet: set } as const] : []),
    ...(records.length > 0 ? [{ Action: "CREATE", ResourceRecordSet: made } as const] : []),
  ];
}

/** Names are answered with the dot at their end. */
const isSameName = (answered: string | undefined, name: string): boolean =>
  answered?.toLowerCase().replace(/\.$/, "") === name.toLowerCase();

/** As a zone file has it (RFC 1035, section 5.1). Values of others may be several strings: those are left as they are. */
const quote = (value: string): string => (value.startsWith('"') ? value : `"${value}"`);
const unquote = (value: string): string => /^"([^"\\]*)"$/.exec(value)?.[1] ?? value;
