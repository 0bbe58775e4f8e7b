import { expect, test } from "bun:test";
import { readFilter } from "./audit-filter.ts";

test("a page's query says which events it shows", () => {
  const query = new URLSearchParams({ actor: "ada@example.com", action: "member.*", target: "v1", project: "shop" });
  expect(readFilter(query)).toMatchObject({
    actor: "ada@example.com",
    action: "member.*",
    target: "v1",
    project: "shop",
    since: "",
    until: "",
  });
});

test("days are the reader's, from the beginning of the first to the end of the last", () => {
  const { since, until } = readFilter(new URLSearchParams({ from: "2026-01-31", to: "2026-01-31" }));
  expect(new Date(since)).toEqual(new Date(2026, 0, 31));
  expect(new Date(until)).toEqual(new Date(2026, 1, 1));
});

test("what is no day is no limit", () => {
  expect(readFilter(new URLSearchParams({ from: "soon", to: "" }))).toMatchObject({ since: "", until: "" });
});
