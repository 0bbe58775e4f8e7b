import { type Certificate, type createSelfSigned, type Issue, type Pages, parseCertificate } from "#pki";
import type { OrderReport, OrderRequest, OrderSettings } from "./order-messages.ts";

/**
 * Gets certificates on a thread of its own, there only while there is work: what they take, in time and in memory, is none
 * of the thread that serves. To be asked for one at a time.
 */
export interface Orderer {
  readonly issue: Issue;
  readonly selfSign: typeof createSelfSigned;
  /** Ends the thread. What it was doing fails; a record that it has set in DNS may stay. */
  stop(): void;
}

/** A worker of the runtime's has more than a browser's. */
type Thread = Worker & Pick<Bun.Worker, "ref" | "unref">;

/** Several certificates are often ordered one after the other. */
const IDLE_MS = 5000;

export function createOrderer(settings: OrderSettings, documents: Pages): Orderer {
  let thread: Thread | undefined;
  let ordered: PromiseWithResolvers<string> | undefined;
  let idle: Timer | undefined;

  function start(): Thread {
    const worker = new Worker(new URL("./order-worker.ts", import.meta.url)) as Thread;
    worker.addEventListener("message", ({ data }: MessageEvent<OrderReport>) => {
      switch (data.kind) {
        case "call":
          return void answer(worker, data);
        case "issued":
          return ordered?.resolve(data.certificate);
        case "failed":
          return ordered?.reject(new Error(data.reason));
        default:
          return data satisfies never;
      }
    });
    worker.addEventListener("error", ({ message }) => {
      end(`The thread that orders failed: ${message}`);
    });
    return worker;
  }

  /** Does what the thread asks of the store. */
  async function answer(worker: Worker, { call, method, args }: OrderReport & { kind: "call" }): Promise<void> {
    try {
      const ask: (...args: readonly string[]) => Promise<unknown> = documents[method].bind(documents);
      send(worker, { kind: "answer", call, value: await ask(...args) });
    } catch (error) {
      send(worker, { kind: "answer", call, fault: (error as Error).message });
    }
  }

  function end(reason: string): void {
    clearTimeout(idle);
    thread?.terminate();
    thread = undefined;
    ordered?.reject(new Error(reason));
  }

  async function ask(request: OrderRequest): Promise<Certificate> {
    clearTimeout(idle);
    ordered = Promise.withResolvers();
    thread ??= start();
    thread.ref();
    send(thread, request);
    try {
      const certificate = parseCertificate(await ordered.promise);
      if (!certificate) throw new Error("The thread that orders answered without a certificate");
      return certificate;
    } finally {
      // A process that ends meanwhile need not wait for it.
      thread?.unref();
      idle = setTimeout(end, IDLE_MS, "It has nothing to do").unref();
    }
  }

  return {
    issue({ directory, binding }, wanted) {
      const plain = binding && { id: binding.id, key: binding.key.reveal() };
      return ask({ kind: "order", settings, directory, binding: plain, wanted });
    },
    selfSign: (names, nowMs) => ask({ kind: "self-sign", names, nowMs }),
    stop: () => end("The server stops"),
  };
}

const send = (worker: Worker, request: OrderRequest): void => worker.postMessage(request, []);
