import type { Transaction } from "kysely";
import type { Database, Schema } from "#db";
import { type HashBytes, KEEP_ALL, type Retention } from "#model";
import type { ReadManifest, Records, Store } from "#store";
import type { Activity } from "./activity.ts";
import type { Addresses } from "./addresses.ts";
import type { Dns } from "./domains/dns.ts";
import type { Encoder } from "./encoding/encoder.ts";
import type { Turns } from "./gate.ts";
import type { Author } from "./identity/actor.ts";
import type { OidcSettings } from "./identity/oidc-settings.ts";
import type { SendMail } from "./mail.ts";
import type { Live } from "./live/live.ts";
import type { WebhookSender } from "./webhooks/sender.ts";

/** What the operator decided when starting the server. */
export interface Settings {
  /** The software's version, as in package.json. */
  readonly version: string;
  /** Whether anybody may register after the first account. */
  readonly signUpIsOpen: boolean;
  /** Lets cleanup and garbage collection be called without an account; undefined: only administrators may. */
  readonly adminToken: string | undefined;
  readonly maxFilesPerDeploy: number;
  readonly maxFileBytes: number;
  readonly maxDeployBytes: number;
  readonly maxSitesPerUser: number;
  /** Of the releases of a workspace. Infinity here and in the next three: there is no such limit. */
  readonly maxStoredBytes: number;
  /** A workspace may make to the API, contents aside. */
  readonly maxRequestsPerMinute: number;
  /** Of the releases of all workspaces. */
  readonly maxServerStoredBytes: number;
  readonly maxServerSites: number;
  /** Where custom domains' A and AAAA records lead; none: to the addresses of the base domain. */
  readonly publicAddresses: readonly string[];
  /** How long the hashed assets of a replaced release keep answering. */
  readonly survivalMs: number;
  /** How long sites that say nothing themselves keep their releases. */
  readonly retention: Retention;
  /** How often garbage is collected by itself; undefined: never. */
  readonly collectEveryMs: number | undefined;
  /** Whether rules of sites may have other servers asked. */
  readonly mayProxy: boolean;
  /** The provider by which people may sign in; undefined: there is none. */
  readonly oidc: OidcSettings | undefined;
}

export const DEFAULT_SETTINGS = {
  signUpIsOpen: false,
  adminToken: undefined,
  maxFilesPerDeploy: 10_000,
  maxFileBytes: 100 * 1024 * 1024,
  maxDeployBytes: 500 * 1024 * 1024,
  maxSitesPerUser: 100,
  maxStoredBytes: Infinity,
  maxRequestsPerMinute: Infinity,
  maxServerStoredBytes: Infinity,
  maxServerSites: Infinity,
  publicAddresses: [],
  survivalMs: 24 * 60 * 60 * 1000,
  retention: KEEP_ALL,
  collectEveryMs: 24 * 60 * 60 * 1000,
  mayProxy: false,
  oidc: undefined,
} as const satisfies Omit<Settings, "version">;

/** The disk that the server writes to. */
export interface Disk {
  /**
   * Throws SitepodError `storage_full` where writing so many bytes would leave less free than is kept in reserve. Asked
   * before anything is written that only a deploy needs: serving, rolling back and deleting write on from the reserve.
   */
  requireRoom(bytes: number): Promise<void>;
  /** Whether contents stay on it. Those of a bucket only pass through. */
  readonly keepsContents: boolean;
}

/** What only the process knows that the control plane is in. */
export interface MachineState {
  readonly disk: { readonly free: number; readonly reserved: number; readonly isNearlyFull: boolean };
  /** Undefined: none are made by themselves. */
  readonly backups: { readonly lastGoodMs: number | undefined; readonly failures: number } | undefined;
  /** Undefined: HTTPS is somebody else's. */
  readonly certificates: readonly { readonly names: readonly string[]; readonly notAfterMs: number }[] | undefined;
}

/** What every part of the control plane works with. Time and randomness are handed in. */
export interface Context extends Turns {
  readonly db: Database;
  readonly store: Store;
  readonly records: Records;
  readonly readManifest: ReadManifest;
  readonly addresses: Addresses;
  readonly settings: Settings;
  readonly dns: Dns;
  readonly hash: HashBytes;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly log: (message: string, cause?: unknown) => void;
  readonly encoder: Pick<Encoder, "add">;
  readonly disk: Disk;
  readonly activity: Activity;
  /** Undefined: the server sends no mail. */
  readonly sendMail?: SendMail | undefined;
  readonly live: Live;
  readonly webhookSender: WebhookSender;
  /** When the certificate for a host name ends: milliseconds since the epoch; undefined where there is none. */
  readonly certificateEndMs: (hostname: string) => number | undefined;
  readonly readMachine: () => Promise<MachineState>;
  /** All kinds of changes of the store that are recorded in the database, by their names. */
  readonly storeChanges: StoreChanges;
}

/**
 * A change that the store makes, and that the database is to have with its event. No transaction holds both. So the database
 * has first what is about to be done, then the store is changed, then one transaction enters the change and forgets that it
 * was pending. Of what is cut off in between, the store is asked whether it was made.
 */
export interface StoreChange<Data, Written = unknown, Entered = unknown> {
  /** Names it in the database. One that has shipped stays: what it was cut off in waits there. */
  readonly kind: string;
  /** Whether the store has it. Nobody else has changed there anything of its turn since it was begun. */
  isMade(context: Context, data: Data): Promise<boolean>;
  /** Does what is left to do in the store of a change that was cut off once it was made. May be called again. */
  finish?(context: Context, data: Data): Promise<void>;
  /** Enters its rows and its event. `written`: what came of it; undefined where who made it was cut off. */
  enter(context: Context, begun: Begun<Data>, query: Transaction<Schema>, written?: Written): Promise<Entered>;
}

export interface Begun<Data> {
  readonly author: Author;
  /** ISO 8601. */
  readonly at: string;
  readonly data: Data;
}

export type StoreChanges = ReadonlyMap<string, StoreChange<never>>;

/** The time as the database and the wire write it. */
export const nowIso = (context: Pick<Context, "nowMs">): string => new Date(context.nowMs()).toISOString();

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Makes an unguessable id such as `site_3k2…` of `length` characters after the prefix. */
export function newId(context: Pick<Context, "randomBytes">, prefix: string, length = 20): string {
  let id = "";
  while (id.length < length) {
    // 252 is the largest multiple of 36 in a byte: above it some characters would come up more often.
    for (const byte of context.randomBytes(length)) {
      if (byte < 252 && id.length < length) id += ALPHABET[byte % ALPHABET.length];
    }
  }
  return `${prefix}_${id}`;
}
