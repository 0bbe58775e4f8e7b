/** RFC 9113, section 6. */
export const FRAME = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;

export const END_STREAM = 0x1;
export const ACK = 0x1;
export const END_HEADERS = 0x4;
export const PADDED = 0x8;
export const PRIORITIZED = 0x20;

/** RFC 9113, section 6.5.2. */
export const SETTING = {
  HEADER_TABLE_SIZE: 1,
  ENABLE_PUSH: 2,
  MAX_CONCURRENT_STREAMS: 3,
  INITIAL_WINDOW_SIZE: 4,
  MAX_FRAME_SIZE: 5,
} as const;

/** RFC 9113, section 7, by number. */
const ERRORS = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
];

export const PREFACE: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** A frame as it is sent (RFC 9113, section 4.1). Nothing is checked, `length` may lie. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array | string = "",
  length: number = Buffer.from(payload).length,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, Buffer.from(payload)]);
}

export const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};

export function settings(values: readonly (readonly [id: number, value: number])[] = []): Buffer {
  const entry = ([id, value]: readonly [number, number]) =>
    Buffer.concat([Buffer.from([id >> 8, id & 255]), uint32(value)]);
  return frame(FRAME.SETTINGS, 0, 0, Buffer.concat(values.map(entry)));
}

/** What a client says first: without a table no header of an answer refers to another's. */
export const HELLO: Buffer = Buffer.concat([PREFACE, settings([[SETTING.HEADER_TABLE_SIZE, 0]])]);

export type Fields = readonly (readonly [name: string, value: string])[];

/** A header block of literals without indexing (RFC 7541, section 6.2.2), as Latin-1. Nothing is checked. */
export const headerBlock = (fields: Fields): Buffer =>
  Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), hpackString(name), hpackString(value)]));

export function hpackString(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  return Buffer.concat([hpackInteger(bytes.length, 7), bytes]);
}

/** RFC 7541, section 5.1. The bits before the prefix are 0. */
function hpackInteger(value: number, prefixBits: number): Buffer {
  const limit = 2 ** prefixBits - 1;
  if (value < limit) return Buffer.from([value]);
  const bytes = [limit];
  let rest = value - limit;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

/** Takes the whole frames off the front of what came, and returns them with what is left. */
export function splitFrames(received: Buffer): { frames: Frame[]; rest: Buffer } {
  const frames: Frame[] = [];
  let rest = received;
  while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
    const end = 9 + rest.readUIntBE(0, 3);
    const [type, flags, stream] = [rest[3]!, rest[4]!, rest.readUInt32BE(5) & 0x7fffffff];
    frames.push({ type, flags, stream, payload: rest.subarray(9, end) });
    rest = rest.subarray(end);
  }
  return { frames, rest };
}

export const errorName = (code: number): string => ERRORS[code] ?? `error ${code}`;

/** Status by its place in the static table (RFC 7541, appendix A). */
const INDEXED_STATUS = ["200", "204", "206", "304", "400", "404", "500"];

/** Reads the status off a header block, where it comes first and no table is in use. */
export function statusOf(block: Buffer): string {
  const at = block.findIndex((byte) => (byte & 0xe0) !== 0x20);
  const first = block[at]!;
  if (first & 0x80) return INDEXED_STATUS[(first & 0x7f) - 8] ?? "?";
  // A literal whose name is that of entry 8: indexed (0x48), not (0x08), or never (0x18).
  if (![0x48, 0x08, 0x18].includes(first)) return "?";
  const length = block[at + 1]!;
  const value = block.subarray(at + 2, at + 2 + (length & 0x7f));
  return length & 0x80 ? huffmanDigits(value) : value.toString("latin1");
}

/** RFC 7541, appendix B: 0, 1 and 2 have five bits, the other digits six, from 0x19. */
function huffmanDigits(bytes: Buffer): string {
  let bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  let digits = "";
  while (bits.length >= 5 && !/^1+$/.test(bits)) {
    const isShort = Number.parseInt(bits.slice(0, 5), 2) <= 2;
    const code = Number.parseInt(bits.slice(0, isShort ? 5 : 6), 2);
    digits += isShort ? code : code - 0x19 + 3;
    bits = bits.slice(isShort ? 5 : 6);
  }
  return digits;
}
