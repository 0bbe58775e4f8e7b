import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { WebhookAnswer, WebhookPost, WebhookSender } from "#control";
import { allowedLookup, hostnameOf, mayConnect, NOT_ALLOWED } from "#serve";
import { createForeignCheck } from "./own-addresses.ts";
import type { ServeOptions } from "./serve-options.ts";

interface WebhookSenderOptions {
  /** Whether webhooks may go to an IP address. */
  readonly isAllowedAddress: (address: string) => boolean;
  /** Called soon after the sender is woken, for all that wake it meanwhile together. */
  readonly onWake: () => void;
  readonly patience?: Patience;
}

interface Patience {
  /** To be connected. */
  readonly connectMs: number;
  /** From the beginning to the beginning of the answer. */
  readonly answerMs: number;
  /** For the rest of the answer, which decides nothing. */
  readonly bodyMs: number;
}

const PATIENCE: Patience = { connectMs: 5000, answerMs: 10_000, bodyMs: 2000 };
/** An answer is read this far. */
const BODY_BYTES = 4096;
/** By the first the transaction that woke it is over, unless the database is slow. */
const WAKE_AFTER_MS = [50, 1000] as const;

const NOT_REACHABLE = "The host has no address that webhooks may go to.";

/** Only the server's owner can let webhooks go elsewhere than to the public internet. */
export function openWebhookSender(
  { publicAddresses, webhooksTo }: Pick<ServeOptions, "publicAddresses" | "webhooksTo">,
  onWake: () => void,
): WebhookSender {
  const isForeign = createForeignCheck(publicAddresses);
  const isAllowedAddress = (address: string) => isForeign(address) || webhooksTo?.includes(address) === true;
  return createWebhookSender({ isAllowedAddress, onWake });
}

/** Makes the sender: it connects to the very addresses that it has checked, and follows no redirect. */
export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { isAllowedAddress, onWake, patience = PATIENCE } = options;
  const planned = new Set<number>();
  return {
    mayReach: (url) => mayConnect(url, isAllowedAddress),
    async send(post, signal) {
      if (!mayConnect(post.url, isAllowedAddress)) return { kind: "unanswered", fault: NOT_REACHABLE };
      return await exchange(post, signal, isAllowedAddress, patience);
    },
    wake() {
      for (const afterMs of WAKE_AFTER_MS) {
        if (planned.has(afterMs)) continue;
        planned.add(afterMs);
        setTimeout(() => {
          planned.delete(afterMs);
          onWake();
        }, afterMs).unref();
      }
    },
  };
}

function exchange(
  { url, headers, body }: WebhookPost,
  signal: AbortSignal,
  isAllowedAddress: (address: string) => boolean,
  { connectMs, answerMs, bodyMs }: Patience,
): Promise<WebhookAnswer> {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body);
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const call = send({
      hostname: hostnameOf(url),
      port: url.port === "" ? undefined : Number(url.port),
      path: url.pathname + url.search,
      method: "POST",
      headers: { ...headers, host: url.host, "content-length": String(bytes.length) },
      agent: false,
      lookup: allowedLookup(isAllowedAddress),
    });
    const giveUp = (fault: string) => {
      resolve({ kind: "unanswered", fault });
      call.destroy();
    };
    const connecting = setTimeout(() => giveUp(`No connection within ${connectMs} ms.`), connectMs);
    const answering = setTimeout(() => giveUp(`No answer within ${answerMs} ms.`), answerMs);
    const stop = () => {
      const reason: unknown = signal.reason;
      if (reason instanceof DOMException && reason.name === "TimeoutError") return giveUp("No answer in time.");
      reject(reason);
      call.destroy();
    };
    signal.addEventListener("abort", stop);
    call.on("socket", (socket) => socket.once("connect", () => clearTimeout(connecting)));
    call.on("response", (message) => {
      clearTimeout(answering);
      resolve(readAnswer(message, bodyMs).finally(() => call.destroy()));
    });
    call.on("error", (error: NodeJS.ErrnoException) => giveUp(describeError(error)));
    call.once("close", () => {
      clearTimeout(connecting);
      clearTimeout(answering);
      signal.removeEventListener("abort", stop);
    });
    call.end(bytes);
  });
}

/** The beginning of an answer, as far as it has come in time. One that breaks off was answered all the same. */
async function readAnswer(message: IncomingMessage, bodyMs: number): Promise<WebhookAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const tooSlow = setTimeout(() => message.destroy(), bodyMs);
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= BODY_BYTES) break;
    }
  } catch {
    // What has come is what there is.
  } finally {
    clearTimeout(tooSlow);
  }
  return {
    kind: "answered",
    status: message.statusCode ?? 0,
    text: new TextDecoder().decode(Buffer.concat(chunks).subarray(0, BODY_BYTES)),
    retryAfterMs: 1000 * Number(/^\d{1,6}$/.exec(message.headers["retry-after"] ?? "")?.[0] ?? 0),
  };
}

/** Whether an inner name is there is nobody's to find out: it is told like one that is not. */
function describeError({ code, message }: NodeJS.ErrnoException): string {
  if (code === NOT_ALLOWED || code?.startsWith("ENO") || code?.startsWith("EAI_") || code?.startsWith("DNS_")) {
    return NOT_REACHABLE;
  }
  if (code === "ECONNREFUSED") return "Nobody listens there.";
  return `The connection failed: ${message}`;
}
