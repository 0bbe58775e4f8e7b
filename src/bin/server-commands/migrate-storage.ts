import { randomUUID } from "node:crypto";
import { type Context, formatBytes, formatCount, type Result } from "#cli";
import { countPostgresSessions, lockFolder } from "#db";
import { SitepodError } from "#model";
import { holdLease, type InspectedStore } from "#store";
import {
  beginArrival,
  createStoreMove,
  endArrival,
  isArriving,
  isMovedTo,
  markMoved,
  type Passed,
  requireSettled,
  type StoreMove,
} from "#upkeep";
import { refuseForeignFolder } from "../foreign-folder.ts";
import { openStore } from "../open-store.ts";
import { type AskedServer, askServer } from "../operator-socket.ts";
import { progressOf } from "../server-progress.ts";
import { nameStorage, storageVariables, type StorageOptions } from "../storage-options.ts";
import { type DataPlace, inspectAnyStore, parseBucketPlace, parseDataPlace } from "../storage-place.ts";

interface MigrateOptions {
  readonly data?: string;
  readonly verify: "all" | "new";
}

/** Once a pass has no more than that to do, changes wait for the last one. */
const LAST_PASS_CHANGES = 100;
/** A server that is deployed to without pause has its changes held all the same. */
const MAX_PASSES = 10;

export async function run(
  context: Context,
  [to]: readonly (string | undefined)[],
  options: MigrateOptions,
): Promise<Result> {
  const { env, now } = context.world;
  const from = parseDataPlace(options.data, env);
  refuseForeignFolder(from.data);
  const destination = parseDestination(to!, from, env);
  const names = { from: nameStorage(from.data, from.storage), to: nameStorage(from.data, destination) };
  if (names.from === names.to) {
    throw new SitepodError("invalid", `The contents are in ${names.to} already. Name another place to move them to.`);
  }
  const stores = {
    from: await inspectAnyStore(from),
    to: await openStore(from.data, destination, { isProbedAtOnce: true }),
  };
  const variables = storageVariables(destination);
  if (await isDone(stores, names.to)) {
    const text = [`The contents are in ${names.to} already, all of them.`, ...adviceOn(variables)].join("\n");
    return { text, json: { ...names, is_moved: true, variables } };
  }
  await using turn = await takeTurn(from, names.from, destination);
  const nowIso = () => new Date(now()).toISOString();
  await beginArrival(stores.to.documents, names.from, nowIso());
  await using held = await holdLease(stores.from.documents, {
    purpose: "move of the storage",
    id: `move-${randomUUID()}`,
    nowMs: now,
  });
  const move = createStoreMove({ ...stores, verifiesAll: options.verify === "all", show: progressOf(context) });
  const total = await copyMost(move);
  await turn.holdChanges();
  const heldMs = now();
  add(total, await move.pass());
  held.requireHeld();
  await turn.finish(async () => {
    await markMoved(stores.from.documents, names.to, nowIso());
    await endArrival(stores.to.documents);
  });
  const heldForMs = now() - heldMs;
  context.report.clear();
  const { blobs, bytes, documents } = move.summary();
  const text = [
    `Moved ${formatCount(blobs, "content")} (${formatBytes(bytes)}) and ${formatCount(documents, "document")} from ` +
      `${names.from} to ${names.to}, each content read back.`,
    turn.isServed
      ? `The server uses it now; changes waited ${heldForMs} ms.`
      : "No server runs here: start it with the new options.",
    ...adviceOn(variables),
    `What is in ${names.from} stays as it is. Remove it when the server was started with them.`,
  ];
  return {
    text: text.join("\n"),
    json: {
      ...names,
      is_moved: true,
      is_served: turn.isServed,
      blobs,
      bytes,
      documents,
      copied: total.copied,
      copied_bytes: total.copiedBytes,
      held_ms: heldForMs,
      variables,
    },
  };
}

/** Reads where to move to. What is not about the place stays as the server's own options have it. */
function parseDestination(to: string, { storage }: DataPlace, env: Context["world"]["env"]): StorageOptions {
  if (to === "local") return { ...storage, type: "local", isPresigned: false };
  const isPresigned = env["SITEPOD_UPLOAD_MODE"] === "presigned";
  return { ...parseBucketPlace(to, env, "SITEPOD_TO"), isPresigned, cacheBytes: storage.cacheBytes };
}

/**
 * Whether an earlier run has moved all. As long as contents are arriving, nobody has written to the new place, and the old
 * one is what counts. Throws SitepodError `conflict` where the contents went elsewhere, or are still coming to where they
 * are to be moved from.
 */
async function isDone(stores: { from: InspectedStore; to: InspectedStore }, name: string): Promise<boolean> {
  const isMoved = await isMovedTo(stores.from.documents, name);
  if (!isMoved) await requireSettled(stores.from.documents);
  return isMoved && !(await isArriving(stores.to.documents));
}

/** By whom, and how, changes of the old storage are kept from being lost. */
interface Turn extends AsyncDisposable {
  readonly isServed: boolean;
  holdChanges(): Promise<unknown>;
  /** Has the new storage used. `finish` says so in both, where no server does. */
  finish(finish: () => Promise<void>): Promise<unknown>;
}

/** Asks the server on the data folder, or sees to it that none starts there. */
async function takeTurn(place: DataPlace, from: string, to: StorageOptions): Promise<Turn> {
  const lock = tryLock(place.data);
  if (lock) {
    await requireNoOthers(place);
    return {
      isServed: false,
      holdChanges: async () => {},
      finish: (finish) => finish(),
      [Symbol.asyncDispose]: async () => lock[Symbol.dispose](),
    };
  }
  const server: AskedServer = await askServer(place.data);
  try {
    await server.ask("prepareMove", { from, to });
  } catch (error) {
    server[Symbol.dispose]();
    throw error;
  }
  return {
    isServed: true,
    holdChanges: () => server.ask("holdChanges", null),
    finish: () => server.ask("move", null),
    [Symbol.asyncDispose]: async () => server[Symbol.dispose](),
  };
}

function tryLock(data: string): Disposable | undefined {
  try {
    return lockFolder(data);
  } catch (error) {
    if (error instanceof SitepodError && error.code === "conflict") return undefined;
    throw error;
  }
}

/** Throws SitepodError `conflict` where servers elsewhere share the records: they would go on writing to the old storage. */
async function requireNoOthers({ databaseUrl }: DataPlace): Promise<void> {
  if (databaseUrl === undefined || (await countPostgresSessions(databaseUrl)) === 0) return;
  throw new SitepodError(
    "conflict",
    "Other servers use the records in PostgreSQL, and would go on writing to the old storage. Stop all of them but those that " +
      "only serve, and run the same command again.",
  );
}

/** Copies what is there, and what came meanwhile, until little is left. */
async function copyMost(move: StoreMove): Promise<{ copied: number; copiedBytes: number }> {
  const total = { copied: 0, copiedBytes: 0 };
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const passed = await move.pass();
    add(total, passed);
    if (passed.copied + passed.documents <= LAST_PASS_CHANGES) break;
  }
  return total;
}

function add(total: { copied: number; copiedBytes: number }, passed: Passed): void {
  total.copied += passed.copied;
  total.copiedBytes += passed.copiedBytes;
}

function adviceOn(variables: Readonly<Record<string, string>>): string[] {
  const set = Object.entries(variables).filter(([, value]) => value !== "");
  return [
    "Set these for its next start, and the keys of the bucket where there is one:",
    ...set.map(([name, value]) => `  ${name}=${value}`),
  ];
}
