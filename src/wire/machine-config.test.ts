import { expect, test } from "bun:test";
import { formatMachineConfig, parseMachineConfig } from "./machine-config.ts";

test("what is written is read back", () => {
  const config = { endpoint: "https://sitepod.example.com", token: 'sitepod_"quoted"' };
  expect(parseMachineConfig(formatMachineConfig(config))).toEqual({ ok: true, value: config });
});

test("after a logout only the server is left", () => {
  const text = formatMachineConfig({ endpoint: "http://localhost:8080", token: undefined });
  expect(text).not.toContain("auth");
  expect(parseMachineConfig(text)).toMatchObject({ value: { endpoint: "http://localhost:8080", token: undefined } });
});

test("keys of other versions are left alone, wrong values are not", () => {
  expect(parseMachineConfig('[user]\nemail = "a@b.c"').ok).toBe(true);
  expect(parseMachineConfig("[auth]\ntoken = 3")).toEqual({
    ok: false,
    faults: ["auth.token: must be a text that is not empty"],
  });
});
