// A thread that makes certificates, or has them made; started by orderer.ts.
import {
  type Certificate,
  createChallenges,
  createIssue,
  createSelfSigned,
  formatCertificate,
  openDnsWriter,
  type Pages,
  Secret,
} from "#pki";
import { createDns } from "./dns.ts";
import type { OrderReport, OrderRequest } from "./order-messages.ts";

declare const self: Worker;

const asked = new Map<number, PromiseWithResolvers<unknown>>();
let lastCall = 0;

const report = (message: OrderReport): void => self.postMessage(message, []);

/** The store is the other thread's: it alone holds the lock of the data folder. */
function askStore<T>(method: keyof Pages, ...args: readonly string[]): Promise<T> {
  const answer = Promise.withResolvers<unknown>();
  const call = ++lastCall;
  asked.set(call, answer);
  report({ kind: "call", call, method, args });
  return answer.promise as Promise<T>;
}

const documents: Pages = {
  read: (key) => askStore("read", key),
  create: (key, text) => askStore("create", key, text),
  replace: (key, expected, text) => askStore("replace", key, expected, text),
  remove: (key) => askStore("remove", key),
};

async function order({ settings, directory, binding, wanted }: OrderRequest & { kind: "order" }): Promise<Certificate> {
  const { dns, dnsServer, email, roots } = settings;
  const world = { reader: createDns(dnsServer), env: process.env, nowMs: Date.now, random: Math.random };
  const writer = dns && openDnsWriter(dns, world);
  const issue = createIssue({ documents, challenges: createChallenges(documents), dns: writer, email, roots });
  return await issue({ directory, binding: binding && { id: binding.id, key: new Secret(binding.key) } }, wanted);
}

async function finish(certificate: Promise<Certificate>): Promise<void> {
  try {
    report({ kind: "issued", certificate: formatCertificate(await certificate) });
  } catch (error) {
    report({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
  }
}

function hear({ call, value, fault }: OrderRequest & { kind: "answer" }): void {
  const answer = asked.get(call);
  asked.delete(call);
  if (fault === undefined) answer?.resolve(value);
  else answer?.reject(new Error(fault));
}

self.addEventListener("message", ({ data }: MessageEvent<OrderRequest>) => {
  switch (data.kind) {
    case "order":
      return void finish(order(data));
    case "self-sign":
      return void finish(createSelfSigned(data.names, data.nowMs));
    case "answer":
      return hear(data);
    default:
      return data satisfies never;
  }
});
