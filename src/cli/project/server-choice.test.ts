import { expect, test } from "bun:test";
import { chooseServer } from "./server-choice.ts";

const machine = { endpoint: "https://machine.test", token: "machine-token" };
const all = {
  flag: "https://flag.test/",
  env: { SITEPOD_ENDPOINT: "https://env.test" },
  project: "https://project.test",
  machine,
};

test("the flag goes before the environment, that before the project, that before the machine", () => {
  expect(chooseServer(all).endpoint).toBe("https://flag.test");
  expect(chooseServer({ ...all, flag: undefined }).endpoint).toBe("https://env.test");
  expect(chooseServer({ ...all, flag: undefined, env: {} }).endpoint).toBe("https://project.test");
  expect(chooseServer({ ...all, flag: undefined, env: {}, project: undefined }).endpoint).toBe("https://machine.test");
});

test("the machine's token is sent to the machine's server only", () => {
  expect(chooseServer({ flag: undefined, env: {}, project: undefined, machine }).token).toBe("machine-token");
  expect(chooseServer({ flag: "https://machine.test", env: {}, project: undefined, machine }).token).toBe(
    "machine-token",
  );
  expect(chooseServer({ flag: undefined, env: {}, project: "https://evil.test", machine }).token).toBeUndefined();
});

test("SITEPOD_TOKEN goes before the machine's token", () => {
  const env = { SITEPOD_TOKEN: "ci-token" };
  expect(chooseServer({ flag: undefined, env, project: undefined, machine }).token).toBe("ci-token");
});

test("a token that was pasted with a line's end is taken, and what can be none is refused", () => {
  const choose = (token: string) => chooseServer({ ...all, env: { SITEPOD_TOKEN: token } }).token;
  expect(choose(" ci-token\n")).toBe("ci-token");
  expect(() => choose("ci\ntoken")).toThrow("SITEPOD_TOKEN is no token");
  expect(() => choose("tök")).toThrow("SITEPOD_TOKEN is no token");
});

test("an address that is none is refused, naming where it was given", () => {
  expect(() => chooseServer({ ...all, flag: "localhost:8080" })).toThrow(/^--endpoint "localhost:8080" must be/);
  expect(() => chooseServer({ ...all, flag: undefined, env: { SITEPOD_ENDPOINT: "x" } })).toThrow(/^SITEPOD_ENDPOINT/);
});

test("the flag's workspace goes before the environment's, and the machine's goes with its own login alone", () => {
  const own = { ...machine, workspace: "ws_own" };
  const choose = (more: object) =>
    chooseServer({ flag: undefined, env: {}, project: undefined, machine: own, ...more }).workspace;
  expect(choose({})).toBe("ws_own");
  expect(choose({ env: { SITEPOD_WORKSPACE: "ws_env" } })).toBe("ws_env");
  expect(choose({ workspaceFlag: "ws_flag", env: { SITEPOD_WORKSPACE: "ws_env" } })).toBe("ws_flag");
  expect(choose({ env: { SITEPOD_TOKEN: "another" } })).toBeUndefined();
  expect(choose({ flag: "https://other.test" })).toBeUndefined();
});
