import { expect, test } from "bun:test";
import { Secret } from "#pki";
import { formatEvent, type LogEvent } from "./log.ts";
import { currentRequestId, inRequest, isRequestId } from "./request-id.ts";

const event: LogEvent = {
  atMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  message: "It failed",
  cause: undefined,
  requestId: undefined,
  edge: undefined,
};

test("as text an event is its time, the edge that tells it, what happened, the request, and the error below", () => {
  expect(formatEvent("text", event)).toBe("2026-01-02T03:04:05.006Z It failed");
  const [line, ...error] = formatEvent("text", { ...event, edge: 2, requestId: "r-1", cause: new Error("disk") }).split(
    "\n",
  );
  expect(line).toBe("2026-01-02T03:04:05.006Z edge 2: It failed (request r-1)");
  expect(error.join("\n")).toContain("Error: disk");
});

test("as JSON an event is one line, with an error of several lines in one field", () => {
  expect(JSON.parse(formatEvent("json", event))).toEqual({
    time: "2026-01-02T03:04:05.006Z",
    level: "info",
    message: "It failed",
  });
  const line = formatEvent("json", {
    ...event,
    message: 'a "b"\nc',
    edge: 2,
    requestId: "r-1",
    traceId: "0af7651916cd43dd8448eb211c80319c",
    cause: new Error("d\ne"),
  });
  expect(line).not.toContain("\n");
  expect(JSON.parse(line)).toEqual({
    time: "2026-01-02T03:04:05.006Z",
    level: "error",
    message: 'a "b"\nc',
    error: expect.stringContaining("Error: d\ne"),
    request_id: "r-1",
    trace_id: "0af7651916cd43dd8448eb211c80319c",
    edge: 2,
  });
});

test.each(["text", "json"] as const)("a secret within an error does not show as %s", (format) => {
  const cause = Object.assign(new Error("refused"), { key: new Secret("hunter2") });
  expect(formatEvent(format, { ...event, cause })).not.toContain("hunter2");
});

test.each(["text", "json"] as const)(
  "an error is told with its stack and causes, and no line of the source, as %s",
  (format) => {
    const cause = new Error("cannot be read", { cause: Object.assign(new Error("no such file"), { code: "ENOENT" }) });
    const told = formatEvent(format, { ...event, cause });
    for (const part of ["cannot be read", "log.test.ts", "no such file", "ENOENT"]) expect(told).toContain(part);
    expect(told).not.toContain("Object.assign");
  },
);

test("an error whose stack does not say what happened is told with its name and message", () => {
  const cause = Object.assign(new DOMException("The connection was closed.", "AbortError"), {
    stack: "pull@[native code]",
  });
  expect(formatEvent("text", { ...event, cause })).toContain("AbortError: The connection was closed.\n");
});

test("the id of a request goes along with all that answering it waits for, and with nothing else", async () => {
  const ids = await Promise.all(
    ["a", "b"].map((id) =>
      inRequest(id, async () => {
        await new Promise(setImmediate);
        return currentRequestId();
      }),
    ),
  );
  expect(ids).toEqual(["a", "b"]);
  expect(currentRequestId()).toBeUndefined();
});

test.each([
  ["4bf92f3577b34da6a3ce929d0e0e4736", true],
  ["Root=1-67891233-abcdef012345678912345678", true],
  ["", false],
  ["two words", false],
  ["a\nb", false],
  ['a"b', false],
  ["x".repeat(129), false],
])("whether %p may be the id of a request: %p", (text, may) => {
  expect(isRequestId(text)).toBe(may);
});
