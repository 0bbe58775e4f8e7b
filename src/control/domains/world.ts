import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import type { Schema } from "#db";
import type { DiskSpace } from "#model";
import { createManifestReader, hashBytes, openMemoryStore, Records, type Store } from "#store";
import {
  type Control,
  createActivity,
  createAddresses,
  createControl,
  createLive,
  createTurns,
  DEFAULT_SETTINGS,
  type Mail,
  type Settings,
  STORE_CHANGES,
} from "../mod.ts";
import { type Watched, watchResponse } from "../live/watch-response.ts";
import { type TestDatabase, testDatabases } from "../test-database.ts";
import { TestReceiver } from "../webhooks/test-receiver.ts";
import { failInserts } from "./fail-inserts.ts";
import { failOnce } from "./fail-once.ts";
import { StatementRecorder } from "./statement-recorder.ts";
import { takeSnapshot } from "./take-snapshot.ts";
import { machineOf } from "./test-machine.ts";

/** What the API answered. A test says itself what it expects of the body. */
export type Answer = { readonly status: number; readonly body: ReturnType<typeof JSON.parse> };

const SECRET = "0123456789abcdef0123456789abcdef";
const ROOMY_DISK: DiskSpace = { free: 1024 ** 4, total: 1024 ** 4 };

/** For tests: a control plane over a store in memory, with a clock that the test moves and a DNS that it writes. */
export class World implements AsyncDisposable {
  static readonly password = "correct horse battery";
  store: Store = openMemoryStore();
  records = new Records(this.store);
  /** TXT records by name. */
  readonly texts = new Map<string, string[]>();
  readonly logged: string[] = [];
  /** The mails that were sent. */
  readonly mails: Mail[] = [];
  live!: ReturnType<typeof createLive>;
  /** What was told to the other control planes; when certificates end, by host name. */
  readonly told: string[] = [];
  readonly certificateEnds = new Map<string, number>();
  /** While true, DNS does not answer. */
  isDnsDown = false;
  /** Milliseconds since the epoch. */
  nowMs = Date.UTC(2030, 0, 1);
  /** Receives what is sent to webhooks. */
  readonly receiver = new TestReceiver();
  /** The disk that the server is told it has. */
  disk: DiskSpace = ROOMY_DISK;

  #database!: TestDatabase;
  #control!: Control;
  #tokens = new Map<string, string>();
  readonly #recorder = new StatementRecorder();

  get #query() {
    return this.#database.db.query;
  }

  static async create(): Promise<World> {
    const world = new World();
    await world.loseDatabase();
    return world;
  }

  /** Another control plane on the same database and store, as another server is. Only where they can be shared. */
  async startAnother(): Promise<World> {
    const another = new World();
    another.#database = await this.#database.openAgain!();
    another.store = this.store;
    another.records = this.records;
    another.nowMs = this.nowMs;
    another.#tokens = this.#tokens;
    await another.restart();
    return another;
  }

  /** Begins anew with nothing but the accounts, whose passwords are slow to hash. */
  async reset(): Promise<void> {
    this.store = openMemoryStore();
    this.records = new Records(this.store);
    this.texts.clear();
    this.isDnsDown = false;
    this.nowMs = Date.UTC(2030, 0, 1);
    this.disk = ROOMY_DISK;
    const tables = ["domains", "sites", "workspace_blobs", "workspace_quotas", "garbage_runs"] as const;
    for (const table of tables) await this.#query.deleteFrom(table).execute();
    await this.restart();
  }

  /** Starts with the store that there is and an empty database, as after its file was lost. */
  async loseDatabase(): Promise<void> {
    await this.#database?.[Symbol.asyncDispose]();
    this.#tokens.clear();
    this.#database = await testDatabases.open();
    await this.restart();
  }

  /** Starts with the store and the database that there are. */
  async restart(settings: Partial<Settings> = {}, secret = SECRET): Promise<void> {
    this.#control = createControl(
      {
        db: { ...this.#database.db, query: this.#query.withPlugin(this.#recorder) },
        store: this.store,
        records: this.records,
        readManifest: createManifestReader(this.store.blobs),
        addresses: createAddresses(new URL("https://sites.test")),
        settings: { ...DEFAULT_SETTINGS, version: "1.2.3", signUpIsOpen: true, ...settings },
        dns: {
          findTexts: async (name) => {
            if (this.isDnsDown) throw new Error("DNS is down");
            return this.texts.get(name) ?? [];
          },
          findAddresses: async () => ["192.0.2.1", "2001:db8::1"],
        },
        hash: hashBytes,
        nowMs: () => this.nowMs,
        randomBytes,
        log: (message) => this.logged.push(message),
        ...createTurns(this.#database.locks),
        encoder: { add() {} },
        activity: createActivity(),
        sendMail: async (mail) => void this.mails.push(mail),
        live: (this.live = createLive(randomBytes(8).toString("hex"), (key) => this.told.push(key))),
        webhookSender: this.receiver,
        storeChanges: STORE_CHANGES,
        ...machineOf(this),
      },
      secret,
      () => "",
    );
    await this.#control.reconcile();
  }

  /** Calls the API as somebody, who is registered the first time. The first of all becomes the administrator. */
  async call(who: string, method: string, path: string, body?: unknown, headers: object = {}): Promise<Answer> {
    const account = { email: `${who}@example.org`, password: World.password, action: "register" };
    if (!this.#tokens.has(who)) {
      this.#tokens.set(who, (await this.send("POST", "/auth/login", account)).body.token);
    }
    return await this.send(method, path, body, { ...headers, authorization: `Bearer ${this.#tokens.get(who)}` });
  }

  /** Makes a site of somebody's, by beginning its first deploy. */
  async makeSite(who: string, project: string): Promise<void> {
    await this.call(who, "POST", "/plan", {
      project,
      files: [{ path: "index.html", blake3: "0".repeat(64), size: 1 }],
    });
  }

  /** Deploys pages of somebody's, from plan to commit. Returns the plan's id and the commit's answer, or the plan's refusal. */
  async deploy(
    who: string,
    project: string,
    files: Readonly<Record<string, string>>,
    more: object = {},
    plan: object = {},
  ) {
    const contents = new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]));
    const planned = await this.call(who, "POST", "/plan", {
      ...plan,
      project,
      files: Array.from(contents, ([path, bytes]) => ({ path, blake3: hashBytes(bytes), size: bytes.length })),
    });
    if (planned.status !== 200) return { planId: "", ...planned };
    for (const { path, hash } of planned.body.missing) {
      await this.call(who, "POST", `/upload/${planned.body.plan_id}/${hash}`, contents.get(path));
    }
    const planId: string = planned.body.plan_id;
    return { planId, ...(await this.call(who, "POST", "/commit", { plan_id: planId, ...more })) };
  }

  /** Takes a release out of the database, which still knows of its upload. */
  async forgetRelease(planId: string): Promise<void> {
    const { query } = this.#database.db;
    const upload = await query.selectFrom("uploads").where("id", "=", planId).selectAll().executeTakeFirstOrThrow();
    await query
      .deleteFrom("releases")
      .where("site_id", "=", upload.site_id)
      .where("version", "=", upload.version!)
      .execute();
    await query.updateTable("uploads").set({ version: null }).where("id", "=", planId).execute();
  }

  /** The text of what the database and the store hold. */
  snapshot = (): Promise<string> => takeSnapshot(this.#query, this.store);

  /** Runs a query of the test's own. */
  tryQuery = (query: (database: Kysely<Schema>) => { execute(): Promise<unknown> }) => query(this.#query).execute();

  /** The kinds of statements that the database was asked while `work` ran, in order. */
  statementsOf = (work: () => Promise<unknown>): Promise<string[]> => this.#recorder.during(work);

  /** Has the next reading or removal of a document wait until `letGo` is called. */
  hold(method: "read" | "remove", key: string): { readonly reached: Promise<void>; readonly letGo: () => void } {
    const documents = this.store.documents as Record<"read" | "remove", (key: string) => Promise<unknown>>;
    const act = documents[method];
    const reached = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    documents[method] = async (wanted) => {
      if (wanted !== key) return await act(wanted);
      documents[method] = act;
      reached.resolve();
      await go.promise;
      return await act(wanted);
    };
    return { reached: reached.promise, letGo: go.resolve };
  }

  /** What is kept of a sign-in provider's tokens. */
  async providerTokens(): Promise<string[]> {
    const rows = await this.#query.selectFrom("account").select(["accessToken", "refreshToken", "idToken"]).execute();
    return rows.flatMap((row) => Object.values(row)).filter((token) => token !== null);
  }

  /** Forgets when waiting programs last asked, as after some seconds. */
  async forgetPolls(): Promise<void> {
    await this.#query.updateTable("deviceCode").set({ lastPolledAt: null }).execute();
  }

  /** Has every new row of a table fail until the returned function is called; of events, those of one action. */
  failInserts = (table: keyof Schema, action?: string): Promise<() => Promise<unknown>> =>
    failInserts(this.#database.db, table, action);

  /** Settles what was cut off, as it is done once a minute. */
  settleChanges = async (): Promise<void> => {
    await this.#control.runDue();
    this.nowMs += 60_000;
    await this.#control.runDue();
  };

  /** Has the next removal or replacement of a document fail. */
  failOnce = (key: string): void => failOnce(this.store.documents, key);

  /** Enters a preview under so many more slugs, which would take long one by one. */
  async copyPreview(slug: string, times: number): Promise<void> {
    const found = await this.#query.selectFrom("previews").where("slug", "=", slug).selectAll().execute();
    const copies = Array.from({ length: times }, (_, i) => ({ ...found[0]!, slug: `${slug}-${i}` }));
    await this.#query.insertInto("previews").values(copies).execute();
  }

  /** Adds a domain, and puts its proof into DNS. Returns the TXT record's text. */
  async addProved(who: string, project: string, domain: string): Promise<string> {
    const { body } = await this.call(who, "POST", "/domains", { project, domain });
    const [{ name, value }] = body.records;
    this.texts.set(name, [...(this.texts.get(name) ?? []), value]);
    return value;
  }

  /** Opens a stream of somebody's, after the event of that id. What it tells is read event by event. */
  async watch(who: string, path: string, lastEventId = ""): Promise<Watched> {
    await this.call(who, "GET", "/auth/info");
    const headers = { authorization: `Bearer ${this.#tokens.get(who)}` };
    const url = `https://sites.test/api/v1${path}${lastEventId && `?last_event_id=${lastEventId}`}`;
    return watchResponse(await this.#control.fetch(new Request(url, { headers }), "127.0.0.1"));
  }

  recheckDomains = (): Promise<void> => this.#control.recheckDomains();
  verifyWaiting = (): Promise<void> => this.#control.verifyWaiting();
  cleanUp = (): Promise<void> => this.#control.cleanUp();
  deliverWebhooks = (): Promise<void> => this.#control.deliverWebhooks();
  stopWebhooks = (): Promise<void> => this.#control.stopWebhooks();

  /** Calls the API as nobody, unless the headers tell. */
  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await this.fetch(method, path, body, headers);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json");
    return { status: response.status, body: isJson ? JSON.parse(text) : text };
  }

  /** The same, for who wants more of the answer, or comes from elsewhere. */
  async fetch(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    address = "127.0.0.1",
  ): Promise<Response> {
    const init: RequestInit = { method, headers };
    if (body instanceof Uint8Array) {
      init.body = new Uint8Array(body);
      headers["content-length"] = String(body.length);
    } else if (body !== undefined) init.body = JSON.stringify(body);
    return await this.#control.fetch(new Request(`https://sites.test/api/v1${path}`, init), address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.live.close();
    await this.#database[Symbol.asyncDispose]();
  }
}
