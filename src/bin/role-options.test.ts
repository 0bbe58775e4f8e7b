import { expect, test } from "bun:test";
import { decideRole } from "./role-options.ts";

function decide(role: string, controlUrl?: string, workers = 1) {
  const faults: string[] = [];
  return { ...decideRole((name) => (name === "role" ? role : controlUrl), workers, faults), faults };
}

test("an edge is told where control planes are by their origins", () => {
  expect(decide("edge", "http://10.0.0.5:8080, https://control.example.com/")).toEqual({
    role: "edge",
    controlUrls: ["http://10.0.0.5:8080", "https://control.example.com"],
    faults: [],
  });
  expect(decide("edge", undefined, 4)).toEqual({ role: "edge", controlUrls: [], faults: [] });
});

test.each(["10.0.0.5:8080", "ftp://example.com", "http://example.com/api", "http://user@example.com", ""])(
  "%p is no control plane",
  (url) => {
    expect(decide("edge", url).faults).toEqual([
      `--control-url holds ${JSON.stringify(url)} and must be URLs such as http://10.0.0.5:8080`,
    ]);
  },
);

test("what goes with another role is refused", () => {
  expect(decide("al").faults).toEqual(['--role is "al" and must be all, control or edge']);
  expect(decide("all", "http://10.0.0.5").faults).toHaveLength(1);
  expect(decide("control", undefined, 2).faults).toHaveLength(1);
});
