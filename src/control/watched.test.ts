import { expect, test } from "bun:test";
import { createActivity } from "./activity.ts";
import { createErrorAnswers } from "./api/errors.ts";
import { answerWatched, type Watched } from "./watched.ts";

const watched = {
  health: async () => new Response("well", { status: 503 }),
  metrics: async () => new Response("figures"),
};
const ask = (activity = createActivity(), path = "/api/v1/health", method = "GET", asked: Watched = watched) => {
  const answerError = createErrorAnswers(
    () => {},
    () => 0,
  );
  return answerWatched(asked, { activity, answerError }, new Request(`http://sites.test${path}`, { method }), "req-1");
};

test("health and metrics are answered, and counted as the API counts them", async () => {
  const activity = createActivity();
  expect(await (await ask(activity))!.text()).toBe("well");
  expect(await (await ask(activity, "/api/v1/metrics?since=1"))!.text()).toBe("figures");
  expect(activity.figures().routes).toMatchObject([
    { method: "GET", route: "/api/v1/health", classes: new Map([["5xx", 1]]) },
    { method: "GET", route: "/api/v1/metrics", classes: new Map([["2xx", 1]]) },
  ]);
});

test("figures that cannot be told are answered as every failure of the API is, and counted", async () => {
  const activity = createActivity();
  const metrics = () => Promise.reject(new Error("the disk does not answer"));
  const answer = (await ask(activity, "/api/v1/metrics", "GET", { ...watched, metrics }))!;
  expect([answer.status, await answer.json()]).toEqual([
    500,
    {
      error: "internal",
      message: "Something went wrong on the server. The server's log has the details under request req-1.",
    },
  ]);
  expect(activity.figures().routes).toMatchObject([{ classes: new Map([["5xx", 1]]) }]);
});

test("everything else is left to the API", async () => {
  for (const path of ["/api/v1/config", "/api/v1/health/", "/health"])
    expect(await ask(undefined, path)).toBeUndefined();
  expect(await ask(undefined, "/api/v1/health", "POST")).toBeUndefined();
});
