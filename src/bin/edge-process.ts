import { createChallengeFinder } from "#pki";
import { createManifestReader, createReaders, RecordReader, type StoreReader } from "#store";
import { createDialogue, type Dialogue } from "./dialogue.ts";
import {
  createCertificateReceiver,
  type EdgeQuestions,
  type Opening,
  type ServerQuestions,
  unpackCertificate,
} from "./edge-messages.ts";
import { createLog } from "./log.ts";
import { createMovableReader } from "./movable-reader.ts";
import { type OpenEdge, openEdge } from "./open-edge.ts";
import { openStoreReader } from "./open-store.ts";
import { createPassOn } from "./pass-on.ts";
import { DRAIN_MS } from "./drain.ts";
import type { StorageOptions } from "./storage-options.ts";

interface Opened {
  readonly edge: OpenEdge;
  /** Has it read from there from now on. */
  useStorage(storage: StorageOptions): Promise<void>;
}

/**
 * Serves sites in a process of its own, for the server that started it: reads the store, and asks the server for what only
 * one may decide. It ends when it is told to by a signal, and when the server is gone.
 */
export function runEdgeProcess(): void {
  let edge: OpenEdge | undefined;
  let opened: Promise<Opened> | undefined;
  let isEnding = false;
  const receiveCertificates = createCertificateReceiver();
  const server: Dialogue<ServerQuestions> = createDialogue<ServerQuestions, EdgeQuestions>(
    (message) => process.send!(message),
    {
      async open(opening) {
        opened = open(opening, server, receiveCertificates);
        ({ edge } = await opened);
        return { httpPort: edge.httpPort, httpsPort: edge.httpsPort };
      },
      forget(key) {
        edge?.forget(key);
        return null;
      },
      useCertificates(news) {
        const all = receiveCertificates(news);
        edge?.useCertificates(all);
        return null;
      },
      async useStorage(storage) {
        await (await opened)!.useStorage(storage);
        return null;
      },
      leave() {
        edge?.leave();
        return null;
      },
      end(drainMs) {
        void end(drainMs);
        return null;
      },
      takeTraffic: () => edge?.takeTraffic() ?? [],
      state: async () => ({ ...(await edge!.state()), memoryBytes: process.memoryUsage.rss() }),
    },
  );

  async function end(drainMs: number, farewellMs?: number): Promise<void> {
    if (isEnding) return;
    isEnding = true;
    await edge?.stop(drainMs, farewellMs);
    // Where the server has ended, nobody takes it.
    await server.ask("lastTraffic", edge?.takeTraffic() ?? []).catch(() => {});
    process.exit(0);
  }

  process.on("message", (message) => server.receive(message));
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => void end(DRAIN_MS));
  process.on("disconnect", () => {
    server.end();
    // Whoever starts the server again finds the ports free at once.
    void end(DRAIN_MS, 0);
  });
}

async function open(
  { settings, number, controlSocket, certificates }: Opening,
  server: Dialogue<ServerQuestions>,
  receiveCertificates: ReturnType<typeof createCertificateReceiver>,
): Promise<Opened> {
  const log = createLog(settings.logFormat, number);
  const { reader: store, moveTo } = createMovableReader(await openStoreReader(settings, number));
  const edge = openEdge(settings, {
    readers: readersOf(store),
    checkReadable: store.checkReadable,
    certificates: certificates && {
      challenges: { find: createChallengeFinder(store.documents) },
      selfSigned: unpackCertificate(certificates.selfSigned),
      stored: receiveCertificates(certificates.stored),
    },
    answerControl: createPassOn(controlSocket, log),
    tryPassword: (given) => server.ask("tryPassword", given),
    log,
  });
  const useStorage = async (storage: StorageOptions) => moveTo(await openStoreReader({ ...settings, storage }, number));
  return { edge, useStorage };
}

const readersOf = (store: StoreReader) =>
  createReaders(store, new RecordReader(store.documents), createManifestReader(store.blobs));
