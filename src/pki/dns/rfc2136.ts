import { connect } from "node:net";
import {
  CLASS,
  describeResponse,
  encodeMessage,
  encodeText,
  type Message,
  OPCODE_UPDATE,
  type ReadMessage,
  type ResourceRecord,
  responseCode,
  TYPE,
} from "./message.ts";
import type { DnsWriter } from "./ports.ts";
import { readSigned, signMessage, type TsigKey } from "./tsig.ts";

export interface Rfc2136Options {
  /** The zone's primary name server: an address or a name, and its port. */
  readonly host: string;
  readonly port: number;
  readonly key: TsigKey;
  readonly nowMs: () => number;
  /** A number of 16 bits for each message. */
  readonly makeId: () => number;
}

const TTL_S = 60;
const TIMEOUT_MS = 15_000;
const LENGTH_BYTES = 2;

/**
 * Writes records by dynamic update (RFC 2136), signed with TSIG (RFC 8945). Adding and removing one value is one message
 * each, and the server does it at once: other values at the name are not touched.
 */
export function createRfc2136(options: Rfc2136Options): DnsWriter {
  async function ask(message: Omit<Message, "id" | "additionals">): Promise<ReadMessage> {
    const id = options.makeId();
    const nowS = () => Math.floor(options.nowMs() / 1000);
    const { bytes, mac } = signMessage(encodeMessage({ ...message, id, additionals: [] }), options.key, nowS());
    const answer = readSigned(await exchange(options, bytes), options.key, mac, nowS());
    if (answer.id !== id) throw new Error(`${options.host} answers another request`);
    return answer;
  }

  /** As every server tells it, with the record or in its place: the start of authority (RFC 2308, section 3). */
  async function findZone(name: string): Promise<string> {
    const question = { name, type: TYPE.soa, class: CLASS.internet };
    const answer = await ask({ flags: 0, questions: [question], answers: [], authorities: [] });
    const soa = [...answer.answers, ...answer.authorities].find(({ type }) => type === TYPE.soa);
    if (soa) return soa.name;
    throw new Error(`${options.host} cannot tell the zone of ${name}: it answers ${describeResponse(answer)}`);
  }

  async function update(name: string, change: Omit<ResourceRecord, "name" | "type">): Promise<void> {
    const zone = { name: await findZone(name), type: TYPE.soa, class: CLASS.internet };
    const authorities = [{ name, type: TYPE.txt, ...change }];
    const answer = await ask({ flags: OPCODE_UPDATE, questions: [zone], answers: [], authorities });
    if (responseCode(answer) === 0) return;
    throw new Error(`${options.host} does not update ${name} in ${zone.name}: it answers ${describeResponse(answer)}`);
  }

  return {
    // Sections 2.5.1 and 2.5.4.
    present: (name, value) => update(name, { class: CLASS.internet, ttlS: TTL_S, data: encodeText(value) }),
    remove: (name, value) => update(name, { class: CLASS.none, ttlS: 0, data: encodeText(value) }),
  };
}

/** Sends a message over TCP, each after its length (RFC 1035, section 4.2.2), and returns the answer. */
function exchange({ host, port }: Rfc2136Options, message: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      socket.destroy();
      reject(new Error(`The name server ${host}, port ${port}, ${reason}`));
    };
    const socket = connect({ host, port, timeout: TIMEOUT_MS });
    let received = Buffer.alloc(0);
    socket.on("connect", () => {
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt16BE(message.length);
      socket.write(Buffer.concat([length, message]));
    });
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < LENGTH_BYTES) return;
      const end = LENGTH_BYTES + received.readUInt16BE(0);
      if (received.length < end) return;
      socket.destroy();
      resolve(received.subarray(LENGTH_BYTES, end));
    });
    socket.on("timeout", () => fail("does not answer"));
    socket.on("error", (error) => fail(`cannot be reached: ${error.message}`));
    socket.on("close", () => fail("ends without an answer"));
  });
}
