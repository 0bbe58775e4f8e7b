/** A DNS message (RFC 1035, section 4), which may be an update (RFC 2136, section 2): its sections have other names there. */
export interface Message {
  readonly id: number;
  /** The third and fourth byte: opcode, response code and what is between. */
  readonly flags: number;
  /** An update's zone. */
  readonly questions: readonly Question[];
  /** An update's prerequisites. */
  readonly answers: readonly ResourceRecord[];
  /** An update's changes. */
  readonly authorities: readonly ResourceRecord[];
  readonly additionals: readonly ResourceRecord[];
}

export interface Question {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

export interface ResourceRecord {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttlS: number;
  /** RDATA as it stands on the wire. */
  readonly data: Buffer;
}

/** A message that was read, with where its last record begins: what a signature there covers ends before it. */
export interface ReadMessage extends Message {
  readonly lastRecordAt: number;
}

export const TYPE = { soa: 6, txt: 16, tsig: 250 } as const;
export const CLASS = { internet: 1, none: 254, any: 255 } as const;
export const OPCODE_UPDATE = 5 << 11;
/** Of the header's counts the last: that of the additional records, where a signature is added. */
export const ADDITIONAL_COUNT_AT = 10;

const HEADER_BYTES = 12;
const RESPONSE_CODE = 0xf;
const MAX_LABEL_BYTES = 63;
const MAX_NAME_BYTES = 255;
const MAX_STRING_BYTES = 255;
const POINTER = 0xc0;

export const responseCode = ({ flags }: Message): number => flags & RESPONSE_CODE;

/** RFC 1035, section 4.1.1, and RFC 2136, section 2.2. */
const RESPONSES: Readonly<Record<number, string>> = {
  0: "NOERROR",
  1: "FORMERR",
  2: "SERVFAIL: it has a fault of its own, perhaps no right to write the zone's file",
  3: "NXDOMAIN",
  4: "NOTIMP: it takes no updates",
  5: "REFUSED: it does not let this key, or this machine, do that",
  9: "NOTAUTH: it is not the primary of this zone",
  10: "NOTZONE",
};

export function describeResponse(message: Message): string {
  const code = responseCode(message);
  return RESPONSES[code] ?? `response code ${code}`;
}

export function encodeMessage({ id, flags, questions, answers, authorities, additionals }: Message): Buffer {
  const counts = [questions, answers, authorities, additionals].map(({ length }) => length);
  const records = [...answers, ...authorities, ...additionals].map(encodeRecord);
  return Buffer.concat([encodeNumbers(id, flags, ...counts), ...questions.map(encodeQuestion), ...records]);
}

/** Throws RangeError where the bytes are not a whole message. */
export function parseMessage(bytes: Buffer): ReadMessage {
  let at = HEADER_BYTES;
  let lastRecordAt = at;
  function readName(): string {
    const { name, end } = parseName(bytes, at);
    at = end;
    return name;
  }
  function readQuestion(): Question {
    const name = readName();
    at += 4;
    return { name, type: bytes.readUInt16BE(at - 4), class: bytes.readUInt16BE(at - 2) };
  }
  function readRecord(): ResourceRecord {
    lastRecordAt = at;
    const { name, type, class: classCode } = readQuestion();
    const ttlS = bytes.readUInt32BE(at);
    const start = at + 6;
    at = start + bytes.readUInt16BE(at + 4);
    if (at > bytes.length) throw new RangeError("The message ends within a record");
    return { name, type, class: classCode, ttlS, data: bytes.subarray(start, at) };
  }
  const [id, flags, ...counts] = [0, 2, 4, 6, 8, ADDITIONAL_COUNT_AT].map((place) => bytes.readUInt16BE(place));
  const read = <T>(section: number, one: () => T): T[] => Array.from({ length: counts[section]! }, one);
  return {
    id: id!,
    flags: flags!,
    questions: read(0, readQuestion),
    answers: read(1, readRecord),
    authorities: read(2, readRecord),
    additionals: read(3, readRecord),
    // The sections above were read by now.
    lastRecordAt,
  };
}

/** Section 3.1, in lower case as RFC 8945, section 4.3.3 has it. Throws RangeError where DNS has no such name. */
export function encodeName(name: string): Buffer {
  const labels = name.toLowerCase().split(".").filter(Boolean);
  const parts = labels.map((label) => {
    const bytes = Buffer.from(label, "latin1");
    if (bytes.length > MAX_LABEL_BYTES)
      throw new RangeError(`${name} has a label of more than ${MAX_LABEL_BYTES} bytes`);
    return Buffer.concat([Buffer.of(bytes.length), bytes]);
  });
  const encoded = Buffer.concat([...parts, Buffer.of(0)]);
  if (encoded.length > MAX_NAME_BYTES) throw new RangeError(`${name} is longer than ${MAX_NAME_BYTES} bytes`);
  return encoded;
}

/** Reads a name, compressed or not (section 4.1.4). `end` is where what follows it begins. */
export function parseName(bytes: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  let end: number | undefined;
  for (let length = bytes.readUInt8(at); length > 0; length = bytes.readUInt8(at)) {
    if (length >= POINTER) {
      end ??= at + 2;
      const target = bytes.readUInt16BE(at) & 0x3fff;
      // Each leads further back, so that none leads in a circle.
      if (target >= at) throw new RangeError("A compressed name leads forward");
      at = target;
      continue;
    }
    if (at + 1 + length > bytes.length) throw new RangeError("The message ends within a name");
    labels.push(bytes.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), end: end ?? at + 1 };
}

/** RDATA of a TXT record with one string (section 3.3.14). */
export function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > MAX_STRING_BYTES) throw new RangeError(`A TXT string has at most ${MAX_STRING_BYTES} bytes`);
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

/** Each as 16 bits. */
export function encodeNumbers(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 2);
  numbers.forEach((number, i) => bytes.writeUInt16BE(number, i * 2));
  return bytes;
}

const encodeQuestion = ({ name, type, class: classCode }: Question): Buffer =>
  Buffer.concat([encodeName(name), encodeNumbers(type, classCode)]);

function encodeRecord(record: ResourceRecord): Buffer {
  const { ttlS, data } = record;
  const rest = encodeNumbers(ttlS >>> 16, ttlS & 0xffff, data.length);
  return Buffer.concat([encodeQuestion(record), rest, data]);
}
