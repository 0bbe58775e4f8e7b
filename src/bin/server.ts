import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { refusalResponse } from "#control";
import { assertHeld, lockFolder } from "#db";
import { SitepodError } from "#model";
import { createManifestReader, createReaders, Records } from "#store";
import { requireSettled } from "#upkeep";
import { createChangeFeed } from "./change-feed.ts";
import { createControlDoor } from "./control-door.ts";
import { type ControlHalf, openControlHalf } from "./control-half.ts";
import { openControlSocket, removeOldSockets } from "./control-socket.ts";
import { DRAIN_MS } from "./drain.ts";
import { ensureEdgeKey } from "./edge-key.ts";
import { edgeSettingsOf } from "./edge-settings.ts";
import { guardStore } from "./guard-store.ts";
import { refuseHalfRestored } from "./half-restored.ts";
import { keepCertificates } from "./keep-certificates.ts";
import { keepTraffic } from "./keep-traffic.ts";
import { withPorts } from "./kept-edge.ts";
import { type AnswerControl, maxBodyBytes } from "./listeners.ts";
import type { Log } from "./log.ts";
import { createMovableStore } from "./movable-store.ts";
import { openStore, removeOldCaches } from "./open-store.ts";
import { createPassOn } from "./pass-on.ts";
import type { RunningServer } from "./running-server.ts";
import type { ServeOptions } from "./serve-options.ts";
import { startEdges } from "./start-edges.ts";
import type { MovableContents } from "./storage-mover.ts";
import type { StorageOptions } from "./storage-options.ts";
import { traceStore } from "./trace-store.ts";
import { hasSuccessor, type Predecessor } from "./succession.ts";
import { boundPile } from "./traffic-pile.ts";

/**
 * Opens the data folder, wires the planes and listens; where there is a predecessor, in its place. Throws SitepodError where
 * it cannot start.
 */
export async function startServer(options: ServeOptions, log: Log, predecessor?: Predecessor): Promise<RunningServer> {
  const told = edgeSettingsOf(options);
  const { data } = told;
  // Everything in it is its user's alone: it holds keys and hashes of passwords.
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const settings = predecessor ? { ...withPorts(told, await predecessor.takeOver()), sharesPorts: true } : told;
  let lock = lockFolder(data);
  refuseHalfRestored(data);
  const runFolder = join(data, "run");
  if (!predecessor) removeOldSockets(runFolder);
  removeOldCaches(settings);
  let hasLetGo = false;
  const assertMayChange = () => {
    if (hasLetGo) throw hasSuccessor();
    assertHeld();
  };
  const openAny = async (storage: StorageOptions) => {
    const opened = await openStore(data, storage, { workers: settings.workers, isProbedAtOnce: true });
    return traceStore(guardStore(opened, assertMayChange));
  };
  const movable = createMovableStore(await openAny(settings.storage));
  const { store } = movable;
  await requireSettled(store.documents);
  const contents: MovableContents = { movable, storage: settings.storage, open: openAny };
  const records = new Records(store);
  const readManifest = createManifestReader(store.blobs);
  const startedMs = Date.now();

  const door = createControlDoor(refuse, predecessor !== undefined);
  const pile = boundPile(store.documents);
  const newFeed = () =>
    createChangeFeed(() => ensureEdgeKey(store.documents, () => randomBytes(32).toString("hex")), pile.create);
  let feed = newFeed();
  let half: ControlHalf | undefined;
  const certificates = options.https && (await keepCertificates(options.https, options, store.documents, log));
  const edges = await startEdges(settings, runFolder, {
    readers: createReaders(store, records, readManifest),
    checkReadable: () => store.checkReadable(),
    ...(options.role === "control" ? { checkControl: async () => await (half ?? refuseControl()).check() } : {}),
    certificates,
    answerControl: door.answer,
    log,
  });
  const { takeTraffic: take } = edges;
  const traffic = keepTraffic({ everyS: options.trafficEveryS, take, documents: pile, log });
  store.documents.subscribe((key) => {
    edges.forget(key);
    feed.publish(key);
    predecessor?.changed(key);
  });
  const openHalf = async () => {
    const parts = { store, contents, records, readManifest, edges, feed, certificates, startedMs, log };
    return await openControlHalf(options, settings, parts);
  };
  half = await openHalf();
  door.open(half.answer);
  traffic.start();
  const controlSocket = predecessor
    ? await openSuccessorSocket(predecessor, half, runFolder, door.answer, maxBodyBytes(settings.maxFileBytes))
    : null;

  return {
    greeting: half.greeting,
    ports: { httpPort: edges.httpPort, httpsPort: edges.httpsPort },
    controlSocket,
    async stop(drainMs) {
      await edges.leave();
      await Bun.sleep(options.leaveSeconds * 1000);
      feed.close();
      await half?.rest();
      await edges.stop(drainMs);
      await traffic.stop();
      await half?.close();
      lock[Symbol.dispose]();
    },
    succession: {
      async letGo() {
        feed.close();
        await half?.rest();
        await door.shut(DRAIN_MS);
        hasLetGo = true;
        await half?.close();
        lock[Symbol.dispose]();
      },
      async takeBack() {
        lock = lockFolder(data);
        hasLetGo = false;
        feed = newFeed();
        half = await openHalf();
        door.open(half.answer);
      },
      forget: (key) => edges.forget(key),
      async retire(socket, drainMs) {
        door.open(createPassOn(socket!, log));
        // What the one before still gets for the control plane comes by way of this one.
        await Promise.all([edges.stop(drainMs).then(traffic.stop), predecessor?.ended]);
      },
    },
  };
}

/**
 * Answers what the predecessor gets for the control plane, until it has ended. One that has a control plane is better than
 * this process without: throws SitepodError `unavailable` then.
 */
async function openSuccessorSocket(
  predecessor: Predecessor,
  half: ControlHalf,
  runFolder: string,
  answer: AnswerControl,
  maxBytes: number,
): Promise<string> {
  if (half.unavailable) throw half.unavailable;
  const socket = await openControlSocket(runFolder, `successor-${process.pid}.sock`, answer, maxBytes);
  void predecessor.ended.then(socket.stop);
  return socket.path;
}

const starting = () =>
  new SitepodError("unavailable", "The server is starting. Try again in a moment.", { retryAfterS: 1 });

const refuse = (): Response => refusalResponse(starting());

function refuseControl(): never {
  throw starting();
}
