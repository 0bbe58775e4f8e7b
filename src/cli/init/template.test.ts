import { expect, test } from "bun:test";
import { parseSitepodToml } from "#wire";
import { formatProjectFile } from "./template.ts";

test("what init writes is read back, and everything else is the default", () => {
  expect(parseSitepodToml(formatProjectFile("my-site", "./dist"))).toEqual({
    ok: true,
    value: {
      ...(parseSitepodToml("") as { value: object }).value,
      name: "my-site",
      directory: "./dist",
    } as never,
  });
});

test("every setting that it shows as a comment can be switched on", () => {
  const text = formatProjectFile('o"clock', "a\\b").replace('o\\"clock', "site");
  const all = text.replace(/^# (?=[a-z_]+ = |\[)/gm, "");
  expect(parseSitepodToml(all)).toMatchObject({ ok: true, value: { directory: "a\\b", concurrent: 20 } });
});
