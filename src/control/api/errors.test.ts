import { expect, test } from "bun:test";
import { connect } from "node:net";
import { createErrorAnswers } from "./errors.ts";

test("an upload whose client has gone is no fault of the server: nothing is logged, and it counts as the client's", async () => {
  const logged: unknown[] = [];
  const answerError = createErrorAnswers((message) => void logged.push(message), Date.now);
  const answered = Promise.withResolvers<Response>();
  using server = Bun.serve({
    port: 0,
    async fetch(request) {
      try {
        await request.body?.pipeTo(new WritableStream());
        throw new Error("all of it came");
      } catch (error) {
        const answer = answerError(error);
        answered.resolve(answer);
        return answer;
      }
    },
  });
  const client = connect(server.port!, "127.0.0.1", () => {
    client.write("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nsome", () => client.destroy());
  });
  expect((await answered.promise).status).toBe(499);
  expect(logged).toEqual([]);
});

test("what else is thrown is logged, and its text told to nobody", async () => {
  const logged: unknown[] = [];
  const answer = createErrorAnswers((message, cause) => void logged.push(message, cause), Date.now)(
    new Error("secret"),
    "r-1",
  );
  expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining("secret")]);
  expect(logged).toEqual(["Something went wrong on the server.", new Error("secret")]);
});
