import { expect, test } from "bun:test";
import {
  formatPodSettings,
  HTML_HANDLINGS,
  parsePodSettings,
  type PodSettings,
  RULES_DIALECTS,
} from "./pod-settings.ts";

const all: PodSettings[] = [undefined, ...HTML_HANDLINGS].flatMap((html_handling) =>
  [undefined, ...RULES_DIALECTS].map((rules_dialect) => ({ html_handling, rules_dialect })),
);

test.each(all)("what is written of %j is read as meaning the same", (settings) => {
  const text = formatPodSettings(settings);
  expect(formatPodSettings(parsePodSettings(text)!)).toBe(text);
});

test("defaults take no room", () => {
  expect(formatPodSettings({})).toBe("");
  expect(formatPodSettings({ html_handling: "auto-trailing-slash" })).toBe("");
});

test("settings are spelled in one way", () => {
  expect(formatPodSettings({ rules_dialect: "netlify", html_handling: "none" })).toBe(
    '{"html_handling":"none","rules_dialect":"netlify"}',
  );
});

test.each([
  "{}",
  "null",
  "{",
  '{"html_handling":"auto-trailing-slash"}',
  '{ "html_handling":"none"}',
  '{"html_handling":"sometimes"}',
  '{"rules_dialect":"netlify","html_handling":"none"}',
  '{"html_handling":"none","colour":"red"}',
])("%p is not how settings are written", (text) => {
  expect(parsePodSettings(text)).toBeUndefined();
});
