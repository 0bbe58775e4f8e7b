import { ask, HOST, SMUGGLED } from "../raw-http/requests.ts";
import { ACK, FRAME, frame, HELLO, PREFACE, SETTING, settings, uint32 } from "./frames.ts";
import { closed, GET, type Http2Case, type Http2Topic, kept, type Outcome, ping, request, says } from "./requests.ts";

/** All that is sent, the preface included. */
const begins = (name: string, rule: string, outcome: Outcome, ...parts: readonly (Buffer | string)[]): Http2Case => ({
  name,
  rule,
  ...outcome,
  sent: Buffer.concat(parts.map((part) => Buffer.from(part))),
});

export const starts: Http2Topic = {
  title: "The start of a connection",
  cases: [
    begins("the preface, settings, a request", "3.4", kept("200 one"), HELLO, request(GET)),
    begins("another preface", "3.4: PROTOCOL_ERROR", closed(), "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", settings()),
    begins("a request of HTTP/1.1", "3.4: PROTOCOL_ERROR", closed(), SMUGGLED),
    begins(
      "a request of HTTP/1.1, then the preface",
      "3.4: PROTOCOL_ERROR",
      closed(),
      ask("GET / HTTP/1.1", HOST),
      HELLO,
    ),
    begins("an empty line, then the preface", "3.4: PROTOCOL_ERROR", closed(), "\r\n", HELLO),
    begins("no settings", "3.4: PROTOCOL_ERROR", closed(), PREFACE, request(GET)),
    begins("the preface twice", "4.2: FRAME_SIZE_ERROR", closed("goodbye FRAME_SIZE_ERROR"), PREFACE, HELLO),
  ],
};

const SIZE = "FRAME_SIZE_ERROR";
const FLOW = "FLOW_CONTROL_ERROR";
const set = (id: number, value: number): Buffer => settings([[id, value]]);

export const control: Http2Topic = {
  title: "A frame of the connection",
  cases: [
    says("PING", "6.7", kept("200 one"), ping(), request(GET)),
    says("PING of 7 bytes", `6.7: ${SIZE}`, closed(`goodbye ${SIZE}`), frame(FRAME.PING, 0, 0, "1234567")),
    says("PING on a stream", "6.7: PROTOCOL_ERROR", closed(), frame(FRAME.PING, 0, 1, "12345678")),
    says("PING that answers none", "6.7", kept("200 one"), frame(FRAME.PING, ACK, 0, "12345678"), request(GET)),
    says("SETTINGS of 5 bytes", `6.5: ${SIZE}`, closed(`goodbye ${SIZE}`), frame(FRAME.SETTINGS, 0, 0, "12345")),
    says("SETTINGS on a stream", "6.5: PROTOCOL_ERROR", closed(), frame(FRAME.SETTINGS, 0, 1)),
    says(
      "SETTINGS that acknowledge and set",
      `6.5: ${SIZE}`,
      closed(`goodbye ${SIZE}`),
      frame(FRAME.SETTINGS, ACK, 0, "123456"),
    ),
    says("SETTINGS that acknowledge none", "6.5", kept("200 one"), frame(FRAME.SETTINGS, ACK, 0), request(GET)),
    says("ENABLE_PUSH of 2", "6.5.2: PROTOCOL_ERROR", closed(), set(SETTING.ENABLE_PUSH, 2)),
    says(
      "INITIAL_WINDOW_SIZE of 2^31",
      `6.5.2: ${FLOW}`,
      closed(`goodbye ${FLOW}`),
      set(SETTING.INITIAL_WINDOW_SIZE, 2 ** 31),
    ),
    says("MAX_FRAME_SIZE of 16,383", "6.5.2: PROTOCOL_ERROR", closed(), set(SETTING.MAX_FRAME_SIZE, 16_383)),
    says("MAX_FRAME_SIZE of 2^24", "6.5.2: PROTOCOL_ERROR", closed(), set(SETTING.MAX_FRAME_SIZE, 2 ** 24)),
    says("a setting that there is not", "6.5.2: to be ignored", kept("200 one"), set(0x4242, 1), request(GET)),
    says("WINDOW_UPDATE of 0", "6.9: PROTOCOL_ERROR", closed(), frame(FRAME.WINDOW_UPDATE, 0, 0, uint32(0))),
    says(
      "WINDOW_UPDATE of 3 bytes",
      `6.9: ${SIZE}`,
      closed(`goodbye ${SIZE}`),
      frame(FRAME.WINDOW_UPDATE, 0, 0, "123"),
    ),
    says(
      "WINDOW_UPDATE beyond 2^31-1",
      `6.9.1: ${FLOW}`,
      closed(`goodbye ${FLOW}`),
      frame(FRAME.WINDOW_UPDATE, 0, 0, uint32(0x7fff_ffff)),
    ),
    says("GOAWAY", "6.8", kept("200 one"), frame(FRAME.GOAWAY, 0, 0, Buffer.alloc(8)), request(GET)),
    says("GOAWAY on a stream", "6.8: PROTOCOL_ERROR", closed(), frame(FRAME.GOAWAY, 0, 1, Buffer.alloc(8))),
    says("of a type that there is not", "5.5: to be ignored", kept("200 one"), frame(0x42, 0xff, 1, "?"), request(GET)),
    says(
      "of a type that there is not, and 16,385 bytes",
      `4.2: ${SIZE}`,
      closed(`goodbye ${SIZE}`),
      frame(0x42, 0, 0, "x".repeat(16_385)),
    ),
  ],
};
