import { expect, test } from "bun:test";
import { SITEPOD_TOML_SETTINGS, parseSitepodToml } from "./sitepod-toml.ts";

const faultsOf = (text: string) => {
  const parsed = parseSitepodToml(text);
  return parsed.ok ? [] : parsed.faults;
};

test("a whole file is read", () => {
  const parsed = parseSitepodToml(`
    [project]
    name = "my-site"
    routing_mode = "path"
    [build]
    directory = "./dist"
    [deploy]
    ignore = ["*.psd"]
    concurrent = 4
    [deploy.routing]
    domain = "h5.example.com"
    slug = "/my-site"
    [serve]
    html_handling = "drop-trailing-slash"
    rules_dialect = "cloudflare"
    [server]
    endpoint = "https://sitepod.example.com/"
  `);
  expect(parsed).toEqual({
    ok: true,
    value: {
      name: "my-site",
      directory: "./dist",
      ignore: ["*.psd"],
      concurrent: 4,
      routing: { domain: "h5.example.com", slug: "/my-site" },
      serve: { html_handling: "drop-trailing-slash", rules_dialect: "cloudflare" },
      endpoint: "https://sitepod.example.com",
    },
  });
});

test("an empty file means the defaults", () => {
  expect(parseSitepodToml("")).toEqual({
    ok: true,
    value: {
      name: undefined,
      directory: ".",
      ignore: ["**/*.map", ".*", "node_modules/**"],
      concurrent: 20,
      routing: undefined,
      serve: { html_handling: "auto-trailing-slash", rules_dialect: undefined },
      endpoint: undefined,
    },
  });
});

test("all faults are told at once, each with its key path", () => {
  expect(
    faultsOf(`
      build = "dist"
      [project]
      name = "My Site"
      [deploy]
      concurrent = 101
      ignore = ["a", "!b"]
      [deploy.routing]
      slug = "my-site"
      [server]
      endpoint = "example.com"
    `),
  ).toEqual([
    "build: must be a table, written [build]",
    expect.stringMatching(/^project\.name: site name "My Site" must start with a letter/),
    "deploy.concurrent: must be a number between 1 and 100",
    'deploy.ignore: "!b" must not start with "!"; list only what is left out',
    expect.stringMatching(/^deploy\.routing\.slug: must be "\/" or a path such as "\/blog"/),
    'server.endpoint: must be the address of a server, such as "https://sitepod.example.com"',
  ]);
});

test("path mode needs to know where", () => {
  const path = '[project]\nname = "docs"\nrouting_mode = "path"\n';
  const routing = '[deploy.routing]\ndomain = "h5.example.com"\n';
  expect(faultsOf(path)).toEqual([
    'deploy.routing.domain: is missing; with routing_mode = "path", say for instance "h5.example.com"',
    'deploy.routing.slug: is missing; with routing_mode = "path", say for instance "/my-site"',
  ]);
  expect(faultsOf(path + routing)).toHaveLength(1);
  expect(faultsOf(`${path}${routing}slug = "/docs"`)).toEqual([]);
  expect(faultsOf(routing)).toEqual([]);
});

test("an unknown key is told with the nearest known one", () => {
  expect(faultsOf('[deploy]\nconcurent = 3\n[project]\ndirectory = "x"\n[weather]\nsun = true')).toEqual([
    "deploy.concurent: is not a setting; did you mean deploy.concurrent?",
    "project.directory: is not a setting; did you mean build.directory?",
    "weather: is not a setting",
  ]);
});

test("a fault of syntax is told with its line and column", () => {
  expect(faultsOf('[project]\nname = "a')).toEqual([expect.stringMatching(/^line 2, column \d+: \S/)]);
});

test("an endpoint that carries a password is refused", () => {
  expect(faultsOf('[server]\nendpoint = "https://me:secret@example.com"')).toHaveLength(1);
});

test.each(SITEPOD_TOML_SETTINGS.map((setting) => [setting.key, setting] as const))(
  "the example and the default of %s parse",
  (_, setting) => {
    expect(setting.parse(setting.example).ok).toBe(true);
    if (setting.default !== undefined) expect(setting.parse(setting.default).ok).toBe(true);
  },
);
