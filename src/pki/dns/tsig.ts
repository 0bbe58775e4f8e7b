import { createHmac, timingSafeEqual } from "node:crypto";
import type { Secret } from "../secret.ts";
import {
  ADDITIONAL_COUNT_AT,
  CLASS,
  describeResponse,
  encodeName,
  encodeNumbers,
  parseMessage,
  parseName,
  type ReadMessage,
  TYPE,
} from "./message.ts";

export const TSIG_ALGORITHMS = ["hmac-sha256", "hmac-sha512"] as const;
export type TsigAlgorithm = (typeof TSIG_ALGORITHMS)[number];

/** A key that a name server knows too (RFC 8945). */
export interface TsigKey {
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  /** In base64. */
  readonly secret: Secret;
}

export interface Signed {
  readonly bytes: Buffer;
  readonly mac: Buffer;
}

/** What a TSIG record says beside its MAC (RFC 8945, section 4.2). */
interface TsigData {
  readonly timeS: number;
  readonly fudgeS: number;
  readonly error: number;
  readonly other: Buffer;
}

/** How far the clocks may differ: what section 10 recommends. */
const FUDGE_S = 300;
/** Section 3: what an unsigned answer says of the request's signature. */
const ERRORS: Readonly<Record<number, string>> = {
  16: "BADSIG: the server has another secret, or another algorithm, for this key",
  17: "BADKEY: the server does not know this key",
  18: "BADTIME: the clocks of this machine and the server differ by more than five minutes",
  22: "BADTRUNC: the server wants a longer signature",
};

/** Adds a TSIG record to a request (section 5.1). `timeS` is in seconds since the epoch. */
export function signMessage(message: Buffer, key: TsigKey, timeS: number): Signed {
  const data: TsigData = { timeS, fudgeS: FUDGE_S, error: 0, other: Buffer.alloc(0) };
  const mac = digest(key, [message, formatVariables(key, data)]);
  const id = message.readUInt16BE(0);
  const rdata = Buffer.concat([
    encodeName(key.algorithm),
    encodeTime(data),
    encodeNumbers(mac.length),
    mac,
    encodeNumbers(id, data.error, data.other.length),
  ]);
  const head = [encodeName(key.name), encodeNumbers(TYPE.tsig, CLASS.any, 0, 0, rdata.length)];
  const bytes = Buffer.concat([message, ...head, rdata]);
  bytes.writeUInt16BE(message.readUInt16BE(ADDITIONAL_COUNT_AT) + 1, ADDITIONAL_COUNT_AT);
  return { bytes, mac };
}

/**
 * Reads the answer to a request that was signed with `requestMac` (section 5.3). Throws where the server refuses the
 * signature, and where the answer is not signed by whoever has the key.
 */
export function readSigned(bytes: Buffer, key: TsigKey, requestMac: Buffer, nowS: number): ReadMessage {
  const message = parseMessage(bytes);
  const record = message.additionals.at(-1);
  if (record?.type !== TYPE.tsig) {
    throw new Error(`The name server answers, without a signature, ${describeResponse(message)}`);
  }
  const { mac, ...data } = parseTsig(record.data);
  const refusal = ERRORS[data.error];
  if (refusal !== undefined) throw new Error(`The name server refuses the key ${key.name}: ${refusal}`);
  const unsigned = Buffer.from(bytes.subarray(0, message.lastRecordAt));
  unsigned.writeUInt16BE(message.additionals.length - 1, ADDITIONAL_COUNT_AT);
  const requested = [encodeNumbers(requestMac.length), requestMac];
  const expected = digest(key, [...requested, unsigned, formatVariables(key, data)]);
  if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) {
    throw new Error(`The name server's answer is not signed with the key ${key.name}`);
  }
  if (Math.abs(nowS - data.timeS) > data.fudgeS) throw new Error("The name server's answer is an old one");
  return message;
}

function digest({ algorithm, secret }: TsigKey, parts: readonly Buffer[]): Buffer {
  const hmac = createHmac(algorithm.replace("hmac-", ""), Buffer.from(secret.reveal(), "base64"));
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Section 4.3.3. */
const formatVariables = (key: TsigKey, data: TsigData): Buffer =>
  Buffer.concat([
    encodeName(key.name),
    encodeNumbers(CLASS.any, 0, 0),
    encodeName(key.algorithm),
    encodeTime(data),
    encodeNumbers(data.error, data.other.length),
    data.other,
  ]);

/** The time in 48 bits, then the fudge in 16. */
function encodeTime({ timeS, fudgeS }: TsigData): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUIntBE(timeS, 0, 6);
  bytes.writeUInt16BE(fudgeS, 6);
  return bytes;
}

function parseTsig(data: Buffer): TsigData & { readonly mac: Buffer } {
  const { end: at } = parseName(data, 0);
  const macStart = at + 10;
  const macEnd = macStart + data.readUInt16BE(at + 8);
  return {
    timeS: data.readUIntBE(at, 6),
    fudgeS: data.readUInt16BE(at + 6),
    mac: data.subarray(macStart, macEnd),
    error: data.readUInt16BE(macEnd + 2),
    other: data.subarray(macEnd + 6),
  };
}
