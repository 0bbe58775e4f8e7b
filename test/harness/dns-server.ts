import { createSocket } from "node:dgram";

/** A DNS server that knows what the test tells it, and is authoritative for everything. */
export interface DnsServer extends AsyncDisposable {
  /** `127.0.0.1:40123` */
  readonly address: string;
  /** TXT records by name, in lower case. */
  readonly texts: Map<string, string[]>;
  /** IPv4 addresses by name. */
  readonly addresses: Map<string, string[]>;
  /** While true, it answers SERVFAIL. */
  isBroken: boolean;
  /** How many questions it was asked. */
  questions: number;
}

const TYPE_A = 1;
const TYPE_TXT = 16;
const CLASS_IN = 1;
const HEADER_BYTES = 12;
const FLAGS_ANSWER = 0x8480;
const RCODE_SERVFAIL = 2;
const RCODE_NXDOMAIN = 3;
const POINTER_TO_QUESTION = 0xc000 + HEADER_BYTES;
const TTL_S = 1;

/** Starts a DNS server (RFC 1035) on a UDP port, by default one of its own. */
export async function startDns({ address = "127.0.0.1", port = 0 } = {}): Promise<DnsServer> {
  const socket = createSocket("udp4");
  const server: DnsServer = {
    get address() {
      return `${address}:${socket.address().port}`;
    },
    texts: new Map(),
    addresses: new Map(),
    isBroken: false,
    questions: 0,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  };
  socket.on("message", (query, from) => {
    server.questions++;
    socket.send(answer(query, server), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(port, address, resolve));
  return server;
}

function answer(query: Buffer, { texts, addresses, isBroken }: DnsServer): Buffer {
  const { name, type, end } = readQuestion(query);
  const isKnown = texts.has(name) || addresses.has(name);
  const data =
    type === TYPE_TXT
      ? (texts.get(name) ?? []).map(encodeText)
      : type === TYPE_A
        ? (addresses.get(name) ?? []).map((address) => Buffer.from(address.split(".").map(Number)))
        : [];
  const records = isBroken ? [] : data.map((bytes) => encodeRecord(type, bytes));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(query.readUInt16BE(0), 0);
  header.writeUInt16BE(FLAGS_ANSWER + (isBroken ? RCODE_SERVFAIL : isKnown ? 0 : RCODE_NXDOMAIN), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, query.subarray(HEADER_BYTES, end), ...records]);
}

/** Section 4.1.2: labels, each after its length, then type and class. */
function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** Section 3.3.14: strings of at most 255 bytes. */
const encodeText = (text: string): Buffer => Buffer.concat([Buffer.from([text.length]), Buffer.from(text, "latin1")]);

/** Section 4.1.3; the name is that of the question. */
function encodeRecord(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt16BE(POINTER_TO_QUESTION, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(CLASS_IN, 4);
  head.writeUInt32BE(TTL_S, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
