import { expect, test } from "bun:test";
import { createActivity } from "./activity.ts";
import { answerWatched } from "./watched.ts";

const watched = {
  health: async () => new Response("well", { status: 503 }),
  metrics: async () => new Response("figures"),
};
const ask = (activity = createActivity(), path = "/api/v1/health", method = "GET") =>
  answerWatched(watched, { activity }, new Request(`http://sites.test${path}`, { method }));

test("health and metrics are answered, and counted as the API counts them", async () => {
  const activity = createActivity();
  expect(await (await ask(activity))!.text()).toBe("well");
  expect(await (await ask(activity, "/api/v1/metrics?since=1"))!.text()).toBe("figures");
  expect(activity.figures().routes).toMatchObject([
    { method: "GET", route: "/api/v1/health", classes: new Map([["5xx", 1]]) },
    { method: "GET", route: "/api/v1/metrics", classes: new Map([["2xx", 1]]) },
  ]);
});

test("everything else is left to the API", async () => {
  for (const path of ["/api/v1/config", "/api/v1/health/", "/health"])
    expect(await ask(undefined, path)).toBeUndefined();
  expect(await ask(undefined, "/api/v1/health", "POST")).toBeUndefined();
});
