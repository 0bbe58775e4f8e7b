import { expect, test } from "bun:test";
import { findAllowedMethods } from "./allowed-methods.ts";

const routes = [
  { method: "GET", path: "/projects" },
  { method: "GET", path: "/projects/:id" },
  { method: "DELETE", path: "/projects/:id" },
];

test("the methods of all routes of a path are allowed, and HEAD where GET is", () => {
  expect(findAllowedMethods(routes, "/projects/a")).toEqual(["DELETE", "GET", "HEAD"]);
  expect(findAllowedMethods(routes, "/projects")).toEqual(["GET", "HEAD"]);
});

test("nothing is allowed where there is no route", () => {
  expect(findAllowedMethods(routes, "/projects/a/b")).toEqual([]);
  expect(findAllowedMethods(routes, "/")).toEqual([]);
});
