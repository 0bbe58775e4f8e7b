import {
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  headerBlock,
  PADDED,
  PRIORITIZED,
  SETTING,
  settings,
  uint32,
} from "./frames.ts";
import {
  ANSWERED,
  closed,
  data,
  GET,
  type Http2Topic,
  kept,
  opening,
  ping,
  POST,
  replaced,
  request,
  says,
} from "./requests.ts";

const WHOLE = END_HEADERS | END_STREAM;
const SIZE = "FRAME_SIZE_ERROR";
const half = (stream = 1): Buffer => frame(FRAME.HEADERS, END_STREAM, stream, headerBlock(GET.slice(0, 2)));
const otherHalf = (stream = 1): Buffer => frame(FRAME.CONTINUATION, END_HEADERS, stream, headerBlock(GET.slice(2)));
const reset = (stream: number): Buffer => frame(FRAME.RST_STREAM, 0, stream, uint32(8));

export const streams: Http2Topic = {
  title: "A stream",
  cases: [
    says("HEADERS on stream 0", "6.2: PROTOCOL_ERROR", closed(), request(GET, 0)),
    says("DATA on stream 0", "6.1: PROTOCOL_ERROR", closed(), data("x", 0)),
    says("of an even number", "5.1.1: PROTOCOL_ERROR", closed(), request(GET, 2)),
    says(
      "of a lower number than the one before",
      "5.1.1: PROTOCOL_ERROR",
      closed("200 one, goodbye PROTOCOL_ERROR"),
      request(GET, 5),
      request(GET, 3),
    ),
    says(
      "that has ended",
      "5.1: STREAM_CLOSED",
      closed("200 one, goodbye STREAM_CLOSED"),
      request(GET),
      replaced(":path", "/a.txt"),
    ),
    says(
      "with the reserved bit",
      "4.1: to be ignored",
      kept("200 one"),
      frame(FRAME.HEADERS, WHOLE, 2 ** 31 + 1, headerBlock(GET)),
    ),
    says("DATA before HEADERS", "5.1: PROTOCOL_ERROR", closed(), data("x")),
    says("DATA after its end", "5.1: STREAM_CLOSED", closed("200 one, goodbye STREAM_CLOSED"), request(GET), data("x")),
    says(
      "DATA after RST_STREAM",
      "5.1: STREAM_CLOSED",
      kept(`${ANSWERED}, reset STREAM_CLOSED`),
      opening(POST),
      reset(1),
      data("x"),
    ),
    says("RST_STREAM on stream 0", "6.4: PROTOCOL_ERROR", closed(), reset(0)),
    says("RST_STREAM before HEADERS", "6.4: PROTOCOL_ERROR", closed(), reset(5)),
    says(
      "RST_STREAM of 3 bytes",
      `6.4: ${SIZE}`,
      closed(`${ANSWERED}, goodbye ${SIZE}`),
      opening(POST),
      frame(FRAME.RST_STREAM, 0, 1, "123"),
    ),
    says("WINDOW_UPDATE before HEADERS", "5.1: PROTOCOL_ERROR", closed(), frame(FRAME.WINDOW_UPDATE, 0, 5, uint32(1))),
    says(
      "WINDOW_UPDATE of 0",
      "6.9: its PROTOCOL_ERROR",
      kept(`${ANSWERED}, reset PROTOCOL_ERROR`),
      opening(POST),
      frame(FRAME.WINDOW_UPDATE, 0, 1, uint32(0)),
    ),
    says(
      "WINDOW_UPDATE beyond 2^31-1",
      "6.9.1: its FLOW_CONTROL_ERROR",
      kept(`${ANSWERED}, reset FLOW_CONTROL_ERROR`),
      opening(POST),
      frame(FRAME.WINDOW_UPDATE, 0, 1, uint32(0x7fff_ffff)),
    ),
    says(
      "whose window SETTINGS let overflow",
      "6.9.2: FLOW_CONTROL_ERROR",
      closed("goodbye FLOW_CONTROL_ERROR"),
      settings([[SETTING.INITIAL_WINDOW_SIZE, 1]]),
      request(GET),
      frame(FRAME.WINDOW_UPDATE, 0, 1, uint32(0x7fff_fff0)),
      settings([[SETTING.INITIAL_WINDOW_SIZE, 0x7fff_ffff]]),
    ),
    says("PRIORITY on stream 0", "6.3: PROTOCOL_ERROR", closed(), frame(FRAME.PRIORITY, 0, 0, "12345")),
    says("PRIORITY of 4 bytes", `6.3: its ${SIZE}`, closed(`goodbye ${SIZE}`), frame(FRAME.PRIORITY, 0, 5, "1234")),
    says(
      "PRIORITY, that depends on itself",
      "5.3.2: to be ignored",
      kept("reset PROTOCOL_ERROR, 200 one"),
      frame(FRAME.PRIORITY, 0, 5, Buffer.concat([uint32(5), Buffer.of(1)])),
      request(GET, 7),
    ),
    says(
      "PUSH_PROMISE",
      "8.4: PROTOCOL_ERROR",
      closed(),
      frame(FRAME.PUSH_PROMISE, END_HEADERS, 1, Buffer.concat([uint32(2), headerBlock(GET)])),
    ),
  ],
};

const afterByte = (byte: number, ...parts: readonly Uint8Array[]): Buffer => Buffer.concat([Buffer.of(byte), ...parts]);

export const messages: Http2Topic = {
  title: "The frames of a request",
  cases: [
    says("HEADERS in two frames", "6.10", kept("200 one"), half(), otherHalf()),
    says(
      "HEADERS cut within a name",
      "6.10",
      kept("200 one"),
      frame(FRAME.HEADERS, END_STREAM, 1, headerBlock(GET).subarray(0, 4)),
      frame(FRAME.CONTINUATION, END_HEADERS, 1, headerBlock(GET).subarray(4)),
    ),
    says(
      "HEADERS with padding",
      "6.2",
      kept("200 one"),
      frame(FRAME.HEADERS, WHOLE | PADDED, 1, afterByte(3, headerBlock(GET), Buffer.alloc(3))),
    ),
    says(
      "HEADERS with more padding than there is",
      "6.2: PROTOCOL_ERROR",
      closed(),
      frame(FRAME.HEADERS, WHOLE | PADDED, 1, afterByte(200, headerBlock(GET))),
    ),
    says(
      "HEADERS with a priority",
      "6.2",
      kept("200 one"),
      frame(FRAME.HEADERS, WHOLE | PRIORITIZED, 1, Buffer.concat([uint32(0), afterByte(15, headerBlock(GET))])),
    ),
    says(
      "HEADERS with flags that there are not",
      "4.1: to be ignored",
      kept("200 one"),
      frame(FRAME.HEADERS, 0xd7 & ~PADDED, 1, headerBlock(GET)),
    ),
    says(
      "HEADERS of more than 16,384 bytes",
      `4.2: ${SIZE}`,
      closed(`goodbye ${SIZE}`),
      request([...GET, ["x-a", "b".repeat(16_384)]]),
    ),
    says(
      "HEADERS twice, the first without an end",
      "8.1: malformed",
      kept(ANSWERED),
      opening(POST),
      opening([["x-a", "b"]]),
    ),
    says("CONTINUATION on stream 0", "6.10: PROTOCOL_ERROR", closed(), otherHalf(0)),
    says("CONTINUATION of nothing", "6.10: PROTOCOL_ERROR", closed(), otherHalf()),
    says(
      "CONTINUATION of what was whole",
      "6.10: PROTOCOL_ERROR",
      closed("200 one, goodbye PROTOCOL_ERROR"),
      request(GET),
      otherHalf(),
    ),
    says("CONTINUATION of another stream", "6.10: PROTOCOL_ERROR", closed(), half(1), otherHalf(3)),
    says("PING before CONTINUATION", "6.10: PROTOCOL_ERROR", closed(), half(), ping(), otherHalf()),
    says(
      "another request before CONTINUATION",
      "6.10: PROTOCOL_ERROR",
      closed(),
      half(1),
      request(GET, 3),
      otherHalf(1),
    ),
    says(
      "DATA of more than 16,384 bytes",
      `4.2: ${SIZE}`,
      closed(`${ANSWERED}, goodbye ${SIZE}`),
      opening(POST),
      data("x".repeat(16_385)),
    ),
    says(
      "DATA that says it has 16,777,215 bytes",
      `4.2: ${SIZE}`,
      closed(`goodbye ${SIZE}`),
      frame(FRAME.DATA, 0, 1, "", 0xffffff),
    ),
    says(
      "DATA with more padding than there is",
      "6.1: PROTOCOL_ERROR",
      closed(`${ANSWERED}, goodbye PROTOCOL_ERROR`),
      opening(POST),
      frame(FRAME.DATA, END_STREAM | PADDED, 1, afterByte(10, Buffer.of(1, 2))),
    ),
  ],
};
