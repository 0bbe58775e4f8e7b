import { expect, test } from "bun:test";
import { Failure } from "./failure.ts";
import { send } from "./http.ts";
import { makeWorld } from "./test-world.ts";

const call = { method: "GET", url: "http://server.test/x", isRepeatable: true, maxTries: 3 };

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Failure) return error;
  throw new Error(`Expected a failure, got ${String(error)}`);
}

const refuse = (status: number, body: unknown) => () => Response.json(body, { status });

test.each([
  [400, "failed"],
  [401, "not_logged_in"],
  [403, "failed"],
  [404, "not_found"],
  [409, "conflict"],
  [410, "not_found"],
  [413, "over_quota"],
  [507, "over_quota"],
] as const)("a refusal of %d ends as %s, with the server's own code and sentence", async (status, ending) => {
  const { world } = makeWorld({ answer: refuse(status, { error: "some_code", message: "Some sentence." }) });
  expect(await failureOf(send(world, call))).toMatchObject({ ending, code: "some_code", message: "Some sentence." });
});

test("a server that is busy is asked again, and the body is made anew for each try", async () => {
  const bodies: string[] = [];
  let made = 0;
  const { world } = makeWorld({ answer: () => (made < 3 ? new Response("", { status: 503 }) : new Response("done")) });
  const body = async () => {
    bodies.push(`body ${++made}`);
    return bodies.at(-1)!;
  };
  expect(await send(world, { ...call, method: "POST", body })).toBe("done");
  expect(bodies).toEqual(["body 1", "body 2", "body 3"]);
});

test("what may have been done is not done again", async () => {
  let asked = 0;
  const { world } = makeWorld({
    answer: () => {
      asked++;
      return new Response("", { status: 502 });
    },
  });
  expect((await failureOf(send(world, { ...call, isRepeatable: false }))).ending).toBe("unreachable");
  expect(asked).toBe(1);
});

test("a server that cannot be reached is named, with the reason", async () => {
  const refused = Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } });
  const { world } = makeWorld({ fetch: (() => Promise.reject(refused)) as unknown as typeof fetch });
  const failure = await failureOf(send(world, { ...call, maxTries: 1 }));
  expect(failure).toMatchObject({
    ending: "unreachable",
    message: "http://server.test does not answer (ECONNREFUSED).",
  });
});

test("a page that is not a SitePod server's is told as such", async () => {
  const { world } = makeWorld({ answer: () => new Response("<h1>Welcome to nginx", { status: 404 }) });
  const failure = await failureOf(send(world, call));
  expect(failure.message).toBe("http://server.test answered 404, and not as a SitePod server.");
});

test("an interrupted request ends as interrupted, whatever fetch says", async () => {
  const { world } = makeWorld({
    signal: AbortSignal.abort(),
    fetch: (() => Promise.reject(new Error("The operation was aborted"))) as unknown as typeof fetch,
  });
  expect((await failureOf(send(world, call))).ending).toBe("interrupted");
});

test("a long wait is told before it begins, with the server's own words; a short one is not", async () => {
  const waiting = new AbortController();
  const told: string[] = [];
  const tellWait = (text: string) => {
    told.push(text);
    waiting.abort();
  };
  let retryAfterS = 0;
  const { world } = makeWorld({
    signal: waiting.signal,
    tellWait,
    answer() {
      const headers = { "retry-after": String(retryAfterS) };
      retryAfterS = 30;
      return Response.json({ error: "unavailable", message: "The database cannot be used." }, { status: 503, headers });
    },
  });
  await expect(send(world, call)).rejects.toThrow();
  expect(told).toEqual(["The database cannot be used. Trying again in 30 s."]);
});
